package dev.procura.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * The defaults of {@code procura-defaults.properties}. They are not an {@code application.properties}, which a {@code
 * spring.config.location} would put out of force.
 */
final class GatewayDefaults {

    private GatewayDefaults() {}

    static Properties properties() {
        try {
            return PropertiesLoaderUtils.loadProperties(new ClassPathResource("procura-defaults.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException("the jar holds its defaults", e);
        }
    }
}
