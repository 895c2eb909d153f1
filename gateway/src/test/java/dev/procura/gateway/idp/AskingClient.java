package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.IssuerExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.core.io.ByteArrayResource;
import reactor.core.publisher.Mono;

/** Clients as a user writes them, with bundles and a clock of the test, ready to ask on behalf of alice. */
final class AskingClient {

    final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    final MutableClock clock = MutableClock.at(CallerExample.NOW);

    /** @param yaml the blocks of procura.clients */
    Clients clients(String yaml) {
        return Clients.of(properties(yaml), IssuerExample.blocks("corp"), bundles, clock);
    }

    /** @param block the keys of the one client, in one line */
    Clients clientOf(String block) {
        return clients("gateway: { client-id: gateway, dialect: rfc8693, " + block + " }");
    }

    Mono<AccessToken> ask(Clients clients) {
        return ask(clients, "gateway", "alice");
    }

    Mono<AccessToken> ask(Clients clients, String name, String user) {
        Client client = Objects.requireNonNull(clients.named(name));
        return new TokenEndpoints(clients, new Pauses(clock), new Alarms(new SimpleMeterRegistry()), clock)
                .token(GrantExample.of(CallerExample.user(user)).client(client).onBehalfOf());
    }

    private static Map<String, ClientProperties> properties(String yaml) {
        try {
            Binder binder = new Binder(
                    ConfigurationPropertySources.from(new YamlPropertySourceLoader()
                            .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))),
                    null,
                    ApplicationConversionService.getSharedInstance(),
                    null);
            return new LinkedHashMap<>(binder.bind("", Bindable.mapOf(String.class, ClientProperties.class))
                    .orElse(Map.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
