/** The last word of a type, such as "Deployment". */
export const shortType = (type: string): string => type.slice(type.lastIndexOf(":") + 1);

/** Type and name as people say them, such as "Deployment task-service". */
export const shortUrn = (urn: string): string => {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${shortType(type)} ${name}`;
};
