package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What an authorization server says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
 *
 * <p>Checked: that the document names the issuer it was fetched for, and that the addresses in it are secure. Not checked:
 * anything else it says; algorithms and audiences come from our own configuration.
 *
 * @param mutualTlsTokenEndpoint where a client asks that proves itself by its certificate (RFC 8705 section 5): the token
 *     endpoint, unless the server names an alias for it
 */
public record ServerMetadata(Optional<URI> jwksUri, Optional<URI> tokenEndpoint, Optional<URI> mutualTlsTokenEndpoint) {

    private static final Set<Integer> NOT_THERE = Set.of(404, 410);

    /** The server answers, and has no such document. */
    static final class Missing extends IOException {
        Missing(String message) {
            super(message);
        }
    }

    /**
     * @param issuer the exact issuer that the document must name
     * @param metadataUri where it is; empty: OpenID Connect's place, then RFC 8414's
     * @param insecureHttp whether plain HTTP to another machine is allowed, for this document and the addresses in it
     */
    public static Mono<ServerMetadata> discover(
            AuthorizationServerHttp http, String issuer, Optional<URI> metadataUri, boolean insecureHttp) {
        List<URI> places = metadataUri.map(List::of).orElseGet(() -> wellKnownPlaces(URI.create(issuer)));
        return Mono.defer(() -> {
            List<Integer> refusals = new CopyOnWriteArrayList<>();
            return Flux.fromIterable(places)
                    .concatMap(
                            place -> http.get(place)
                                    .flatMap(answer -> parse(place, answer, issuer, insecureHttp, refusals)),
                            1)
                    .next()
                    .switchIfEmpty(Mono.error(() -> none(places, refusals)));
        });
    }

    /** Only "not found" says that there is none; everything else may be another thing tomorrow. */
    private static IOException none(List<URI> places, List<Integer> refusals) {
        String message = "no metadata at " + places + ": " + refusals;
        return NOT_THERE.containsAll(refusals) ? new Missing(message) : new IOException(message);
    }

    /** Empty when the place has no document for us, so that the next one is asked. */
    private static Mono<ServerMetadata> parse(
            URI place,
            AuthorizationServerHttp.Answer answer,
            String issuer,
            boolean insecureHttp,
            List<Integer> refusals) {
        if (answer.status() >= 400 && answer.status() < 500) {
            refusals.add(answer.status());
            return Mono.empty();
        }
        if (answer.status() != 200) {
            return Mono.error(new IOException(place + " answered " + answer.status()));
        }
        return Mono.fromCallable(() -> read(place, answer.body(), issuer, insecureHttp));
    }

    private static ServerMetadata read(URI place, String json, String issuer, boolean insecureHttp) throws IOException {
        Claims members;
        try {
            members = Json.object(json);
        } catch (ParseException e) {
            throw new IOException(place + " is not a JSON object");
        }
        if (!members.string("issuer").map(new TenantTemplate(issuer)::isSameAs).orElse(false)) {
            throw new IOException(place + " names another issuer than " + issuer);
        }
        Optional<URI> tokenEndpoint = address(place, members, "token_endpoint", insecureHttp);
        Optional<Claims> aliases = members.object("mtls_endpoint_aliases");
        Optional<URI> alias =
                aliases.isPresent() ? address(place, aliases.get(), "token_endpoint", insecureHttp) : Optional.empty();
        return new ServerMetadata(
                address(place, members, "jwks_uri", insecureHttp), tokenEndpoint, alias.or(() -> tokenEndpoint));
    }

    private static Optional<URI> address(URI place, Claims members, String name, boolean insecureHttp)
            throws IOException {
        Optional<String> text = members.string(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<URI> uri = SecureUri.parse(text.get());
        if (uri.isEmpty() || !(insecureHttp || SecureUri.isSecure(uri.get()))) {
            throw new IOException(place + ": " + name + " is not an address that may be called (https is needed)");
        }
        return uri;
    }

    /** OpenID Connect appends to the issuer's path; RFC 8414 section 3.1 puts its name before it. */
    private static List<URI> wellKnownPlaces(URI issuer) {
        String origin = issuer.getScheme() + "://" + issuer.getRawAuthority();
        String path = issuer.getRawPath().replaceAll("/+$", "");
        return List.of(
                URI.create(origin + path + "/.well-known/openid-configuration"),
                URI.create(origin + "/.well-known/oauth-authorization-server" + path));
    }
}
