package dev.procura.gateway.route;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Spring Cloud Gateway's own cross-origin settings, checked and completed: a single-page app has to read why it was refused
 * and when to come again, which browsers hide unless told otherwise.
 */
public final class CorsSettings {

    private static final String KEY = "spring.cloud.gateway.server.webflux.globalcors.cors-configurations";

    private static final List<String> EXPOSED = List.of(HttpHeaders.WWW_AUTHENTICATE, HttpHeaders.RETRY_AFTER);

    private CorsSettings() {}

    /** @throws InvalidSetting where a configuration would fail with the first request */
    public static void complete(GlobalCorsProperties settings) {
        settings.getCorsConfigurations().forEach((path, cors) -> {
            try {
                cors.validateAllowCredentials();
                cors.validateAllowPrivateNetwork();
            } catch (IllegalArgumentException e) {
                throw new InvalidSetting(
                        KEY + "[" + path + "]",
                        "allows credentials from every origin: name the origins",
                        "allowed-origins: [https://app.example.com]");
            }
            EXPOSED.forEach(header -> expose(cors, header));
        });
    }

    private static void expose(CorsConfiguration cors, String header) {
        List<String> exposed = cors.getExposedHeaders() == null ? List.of() : cors.getExposedHeaders();
        boolean known = exposed.stream()
                .anyMatch(name -> name.equalsIgnoreCase(header)
                        || (name.equals(CorsConfiguration.ALL) && !Boolean.TRUE.equals(cors.getAllowCredentials())));
        if (!known) {
            cors.addExposedHeader(header);
        }
    }
}
