package dev.procura.gateway.inbound;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Blocks of {@code procura.issuers}, bound as the start-up binds them, so that every default is the real one. */
final class TestIssuers {

    private TestIssuers() {}

    /** @param settings keys and values of one block */
    static IssuerProperties block(Map<String, ?> settings) {
        Map<String, Object> keys = new HashMap<>();
        settings.forEach((key, value) -> keys.put("block." + key, value));
        return new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate("block", IssuerProperties.class);
    }

    /** A block with the issuer and the audience of the test tokens, and the keys at the given place. */
    static IssuerProperties corp(String jwksUri, Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("issuer", TestTokens.ISSUER);
        settings.put("jwks-uri", jwksUri);
        settings.put("audiences", "gateway,orders-api");
        settings.putAll(more);
        return block(settings);
    }
}
