package dev.procura.gateway.inbound;

import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * The key stores of one block: one, or one for each tenant, or one for each policy. Tenants and policies whose address is
 * the same share one.
 */
final class KeyStores {

    /** Where Entra keeps the keys that its tenants share; every one of them says for whom it signs. */
    private static final String ANY_TENANT = "common";

    private final IssuerBlock block;
    private final AuthorizationServerHttp http;
    private final Clock clock;
    private final Map<IssuerBlock.KeyPlace, SigningKeys> byPlace = new LinkedHashMap<>();

    KeyStores(IssuerBlock block, AuthorizationServerHttp http, Clock clock) {
        this.block = block;
        this.http = http;
        this.clock = clock;
    }

    /** By policy, lower case; under the empty name where the family has none. */
    Map<String, SigningKeys> of(TrustedIssuer.Rules rules) {
        String tenant = rules.tenant().orElse(ANY_TENANT);
        Map<String, SigningKeys> stores = new LinkedHashMap<>();
        if (block.properties().policies().isEmpty()) {
            stores.put("", at(block.keyPlace(rules, tenant, ""), rules.tenant().orElse("")));
        }
        for (String policy : block.properties().policies()) {
            stores.put(policy.toLowerCase(Locale.ROOT), at(block.keyPlace(rules, tenant, policy), policy));
        }
        return stores;
    }

    Collection<SigningKeys> all() {
        return byPlace.values();
    }

    /** @param part of the block that the keys are for: a tenant, a policy; empty: all of it */
    private SigningKeys at(IssuerBlock.KeyPlace place, String part) {
        String name = part.isEmpty() ? block.name() : block.name() + "/" + part;
        return byPlace.computeIfAbsent(
                place,
                where -> new SigningKeys(
                        name, source(where), block.properties().keys().timing(), clock));
    }

    private Mono<List<KeySet.VerificationKey>> source(IssuerBlock.KeyPlace place) {
        Mono<URI> address = place.jwksUri().isPresent()
                ? Mono.justOrEmpty(place.jwksUri())
                : ServerMetadata.discover(
                                http,
                                place.issuer(),
                                place.metadataUri(),
                                block.properties().insecureHttp())
                        .flatMap(metadata -> Mono.justOrEmpty(metadata.jwksUri()))
                        .switchIfEmpty(Mono.error(() -> new ServerMetadata.Missing("the metadata names no jwks_uri")));
        Mono<List<KeySet.VerificationKey>> keys =
                address.flatMap(uri -> http.get(uri).flatMap(answer -> read(uri, answer)));
        if (block.properties().introspection() == null) {
            return keys;
        }
        // A server whose tokens are all opaque needs no keys, and is complete without them; one that had keys is lost.
        AtomicBoolean hadKeys = new AtomicBoolean();
        return keys.doOnNext(some -> hadKeys.compareAndSet(false, !some.isEmpty()))
                .onErrorResume(
                        ServerMetadata.Missing.class,
                        missing -> hadKeys.get() ? Mono.error(missing) : Mono.just(List.of()));
    }

    private static Mono<List<KeySet.VerificationKey>> read(URI uri, AuthorizationServerHttp.Answer answer) {
        if (answer.status() != 200) {
            return Mono.error(new IOException(uri + " answered " + answer.status()));
        }
        try {
            return Mono.just(KeySet.parse(answer.body()));
        } catch (ParseException e) {
            return Mono.error(new IOException(uri + " is not a key set"));
        }
    }
}
