package dev.procura.sample.downstream;

import static org.assertj.core.api.Assertions.assertThatException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TierPropertiesTest {

    @Test
    void namesTheKeyThatIsMissingAndShowsAnExample() {
        assertThatException()
                .isThrownBy(() -> new RunningTier(Map.of("name", "orders", "issuer", "http://127.0.0.1:9000")).close())
                .havingRootCause()
                .withMessage("sample.audience is missing, for example: sample.audience: orders-api");
    }

    @Test
    void wantsAClientForTheNextTier() {
        assertThatException()
                .isThrownBy(() -> new RunningTier(Map.of(
                                "name", "orders",
                                "audience", "orders-api",
                                "issuer", "http://127.0.0.1:9000",
                                "next.url", "http://127.0.0.1:8080/inventory/1"))
                        .close())
                .havingRootCause()
                .withMessageStartingWith("sample.next.token-uri is missing");
    }
}
