package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.web.cors.CorsConfiguration;

/** A page may read why it was refused, and no page of another origin is let in by mistake. */
final class CorsSettingsTest {

    private final CorsConfiguration cors = new CorsConfiguration();

    @Test
    void letPagesReadTheRefusal() {
        cors.setAllowedOrigins(List.of("https://app.example.com"));
        complete();

        assertThat(cors.getExposedHeaders()).containsExactly("WWW-Authenticate", "Retry-After");
        assertThat(cors.getAllowedOrigins()).containsExactly("https://app.example.com");
    }

    @Test
    void keepWhatIsExposedAlready() {
        cors.setExposedHeaders(List.of("X-Total", "www-authenticate"));
        complete();
        complete();

        assertThat(cors.getExposedHeaders()).containsExactly("X-Total", "www-authenticate", "Retry-After");
    }

    @Test
    void knowThatAStarExposesEverythingWithoutCredentialsOnly() {
        cors.setExposedHeaders(List.of("*"));
        complete();
        assertThat(cors.getExposedHeaders()).containsExactly("*");

        cors.setAllowedOrigins(List.of("https://app.example.com"));
        cors.setAllowCredentials(true);
        complete();
        assertThat(cors.getExposedHeaders()).containsExactly("*", "WWW-Authenticate", "Retry-After");
    }

    @Test
    void refuseCredentialsFromEveryOrigin() {
        cors.setAllowedOrigins(List.of("*"));
        cors.setAllowCredentials(true);

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(this::complete)
                .satisfies(invalid -> {
                    assertThat(invalid.key())
                            .isEqualTo("spring.cloud.gateway.server.webflux.globalcors.cors-configurations[/**]");
                    assertThat(invalid.reason()).contains("every origin");
                });
    }

    @Test
    void refuseThePrivateNetworkFromEveryOrigin() {
        cors.setAllowedOrigins(List.of("*"));
        cors.setAllowPrivateNetwork(true);

        assertThatExceptionOfType(InvalidSetting.class).isThrownBy(this::complete);
    }

    private void complete() {
        GlobalCorsProperties settings = new GlobalCorsProperties();
        settings.getCorsConfigurations().put("/**", cors);
        CorsSettings.complete(settings);
    }
}
