package dev.procura.sample.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class IssuerPropertiesTest {

    @Test
    void takesItsSecretsFromTheEnvironment() {
        IssuerProperties properties = bound(Map.of("SAMPLE_GATEWAY_SECRET", "one", "SAMPLE_ORDERS_API_SECRET", "two"));

        assertThat(properties.gatewaySecret()).isEqualTo("one");
        assertThat(properties.ordersApiSecret()).isEqualTo("two");
        assertThat(properties.issuer()).isEqualTo("http://127.0.0.1:9000");
        assertThat(properties.tokenLife()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void doesNotStartWithoutThemAndSaysHowToMakeThemUp() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IssuerProperties(
                        "http://127.0.0.1:9000", "one", "", null, null, null, Duration.ofMinutes(5)))
                .withMessage("The client orders-api has no secret. Make one up for this run, for example:"
                        + " export SAMPLE_ORDERS_API_SECRET=$(openssl rand -hex 32)");
    }

    @Test
    void showsNoSecret() {
        IssuerProperties properties = new IssuerProperties(
                "http://127.0.0.1:9000", "one", "two", "three", "four", "five", Duration.ofMinutes(5));

        assertThat(properties.toString()).doesNotContain("one", "two", "three", "four", "five");
    }

    private static IssuerProperties bound(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
        return Binder.get(environment).bindOrCreate("sample", IssuerProperties.class);
    }
}
