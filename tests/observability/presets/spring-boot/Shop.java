import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A service of one route, which fails where it is told to. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class Shop {
  @GetMapping("/items/{id}")
  Map<String, String> item(@PathVariable("id") String id) {
    if (id.equals("broken")) throw new IllegalStateException("asked to fail");
    return Map.of("id", id);
  }

  public static void main(String[] args) {
    SpringApplication.run(Shop.class, args);
    // Its metrics begin with the first collection.
    System.gc();
  }
}
