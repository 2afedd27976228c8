/** As EC2 writes ids: a prefix and 17 hexadecimal digits. */
export const awsId = (prefix: string, hash: string): string => `${prefix}-${hash.slice(0, 17)}`;
