package dev.procura.gateway.route;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/**
 * Spring Cloud Gateway's own cross-origin settings, checked and completed: a single-page app has to read why it was refused
 * and when to come again, which browsers hide unless told otherwise.
 */
public final class CorsSettings {

    private static final String KEY = "spring.cloud.gateway.server.webflux.globalcors.cors-configurations";

    private static final List<String> EXPOSED = List.of(HttpHeaders.WWW_AUTHENTICATE, HttpHeaders.RETRY_AFTER);

    /** What an answer depends on where there is a cross-origin setting, as the framework writes it. */
    private static final List<String> VARY = List.of(
            HttpHeaders.ORIGIN, HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);

    private CorsSettings() {}

    /** Says it, also to those who have not asked from another origin: what a shared cache keeps may be for one who does. */
    static void vary(io.netty.handler.codec.http.HttpHeaders answer) {
        VARY.forEach(name -> answer.add(HttpHeaders.VARY, name));
    }

    /** What is published under {@code /.well-known/} is for every page; the rest is as configured, first fit first. */
    public static CorsConfigurationSource source(GlobalCorsProperties settings) {
        CorsConfiguration open = new CorsConfiguration();
        open.addAllowedOrigin(CorsConfiguration.ALL);
        open.addAllowedMethod(HttpMethod.GET);
        open.addAllowedMethod(HttpMethod.HEAD);
        open.addAllowedHeader(CorsConfiguration.ALL);
        Map<String, CorsConfiguration> all = new LinkedHashMap<>();
        all.put("/.well-known/jwks.json", open);
        all.put(ProtectedResources.WELL_KNOWN, open);
        all.put(ProtectedResources.WELL_KNOWN + "/**", open);
        all.putAll(settings.getCorsConfigurations());
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.setCorsConfigurations(all);
        return source;
    }

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
