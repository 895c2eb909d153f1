package dev.procura.gateway.route;

import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.credential.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;

/**
 * One entry of {@code procura.routes}. The first route whose conditions all hold gets the request.
 *
 * @param id names the route in logs and metrics
 * @param path the paths that it takes, such as /orders/**
 * @param paths the same, for several
 * @param host the Host header that it takes, such as *.example.com
 * @param methods the HTTP methods that it takes; default all
 * @param predicates further Spring Cloud Gateway predicates, such as Header=X-Tenant, \d+, or with name and args
 * @param uri scheme, host and port of the API
 * @param http2 whether the API is spoken to in HTTP/2: by prior knowledge over http, by ALPN over https
 * @param tier how deep the API stands: 1 is called by clients, 2 by tier 1, and so on
 * @param require who may use the route
 * @param credential what the API gets
 * @param filters Spring Cloud Gateway filters, such as StripPrefix=1, or with name and args
 * @param cookies the names of the caller's cookies that may pass; default none
 * @param limits what protects the API
 * @param insecureHttp whether the API may be called without TLS on another machine
 */
public record RouteProperties(
        @Nullable String id,
        @Nullable String path,
        @DefaultValue List<String> paths,
        @Nullable String host,
        @DefaultValue List<String> methods,
        @DefaultValue List<PredicateDefinition> predicates,
        @Nullable String uri,
        @DefaultValue("false") boolean http2,
        @DefaultValue("1") int tier,
        @DefaultValue Require require,
        @Nullable CredentialSettings credential,
        @DefaultValue List<FilterDefinition> filters,
        @DefaultValue List<String> cookies,
        @DefaultValue Limits limits,
        @DefaultValue("false") boolean insecureHttp) {

    /**
     * Who may use the route. Every demand has to be met.
     *
     * @param audiences the token holds one of these; default: the issuers' audiences that are no route's target
     * @param issuers the token is from one of these issuers; default: all that are not only-where-named
     * @param scopes the token has all of these
     * @param anyScope the token has one of these
     * @param roles the caller has all of these
     * @param groups the caller is in all of these
     * @param clients the calling application is one of these
     * @param actors the party that acts for the caller at present (act) is one of these
     * @param actorToken whether the calling API's own token is needed in the header Actor-Token
     * @param caller user, app, any (a token of either), or anyone (no token); default user
     * @param acr the sign-in met one of these authentication contexts, best first
     * @param maxAge how long ago the user signed in at most
     */
    public record Require(
            @DefaultValue List<String> audiences,
            @DefaultValue List<String> issuers,
            @DefaultValue List<String> scopes,
            @DefaultValue List<String> anyScope,
            @DefaultValue List<String> roles,
            @DefaultValue List<String> groups,
            @DefaultValue List<String> clients,
            @DefaultValue List<String> actors,
            @DefaultValue("false") boolean actorToken,
            @Nullable CallerKind caller,
            @DefaultValue List<String> acr,
            @Nullable Duration maxAge) {

        boolean demandsNothing() {
            return audiences.isEmpty()
                    && issuers.isEmpty()
                    && scopes.isEmpty()
                    && anyScope.isEmpty()
                    && roles.isEmpty()
                    && groups.isEmpty()
                    && clients.isEmpty()
                    && actors.isEmpty()
                    && acr.isEmpty()
                    && maxAge == null
                    && !actorToken;
        }
    }

    /** What require.caller can say. */
    public enum CallerKind {
        USER,
        APP,
        ANY,
        ANYONE
    }

    /**
     * What the API gets: exactly one of the first four.
     *
     * @param onBehalfOf the client as which a token in the caller's name is obtained
     * @param clientCredentials the client as which a token in the gateway's own name is obtained
     * @param passThrough true: the caller's own token, for APIs that take the gateway's own audience
     * @param none true: nothing
     * @param audience the API's audience; the issued token's aud must hold it
     * @param resource the API's address (RFC 8707); without an audience the issued token's aud must hold it
     * @param scopes the scopes to ask for; the issued token must hold them and no others
     * @param allowScopes scopes that the issued token may hold beyond those
     * @param subject same: the issued token names the caller's sub; mapped: the server maps subjects
     * @param subjectTokenType rfc8693, auth0: the subject_token_type to send, where it is not that of an access token
     * @param actor the gateway's own token that goes along as actor_token
     * @param then the second step, where the first one's token is the assertion for another authorization server
     * @param appCallers what happens to callers that are no users: reject, or client-credentials
     * @param userContext whether the API is told, signed, for whom a client-credentials call is made: none, or signed
     */
    public record CredentialSettings(
            @Nullable String onBehalfOf,
            @Nullable String clientCredentials,
            @Nullable Boolean passThrough,
            @Nullable Boolean none,
            @Nullable String audience,
            @Nullable String resource,
            @DefaultValue List<String> scopes,
            @DefaultValue List<String> allowScopes,
            Target.@Nullable SubjectRule subject,
            @Nullable String subjectTokenType,
            @Nullable ActorSettings actor,
            @Nullable ThenSettings then,
            CredentialPlan.@Nullable AppCallers appCallers,
            CredentialPlan.@Nullable UserContext userContext) {

        /** The modes that are named, in the spelling of the configuration. */
        List<String> modes() {
            List<String> modes = new ArrayList<>();
            if (onBehalfOf != null) {
                modes.add("on-behalf-of");
            }
            if (clientCredentials != null) {
                modes.add("client-credentials");
            }
            if (passThrough != null) {
                modes.add("pass-through");
            }
            if (none != null) {
                modes.add("none");
            }
            return modes;
        }

        /** Every audience that an issued token may hold because of this route. */
        Stream<String> targets() {
            Stream<String> own = Stream.of(Optional.ofNullable(audience), Optional.ofNullable(resource))
                    .flatMap(Optional::stream);
            return then == null ? own : Stream.concat(own, then.targets());
        }
    }

    /**
     * The gateway's own token, for servers that are told who acts.
     *
     * @param client the client as which it is obtained (client credentials)
     * @param audience what its aud must hold
     * @param scopes the scopes to ask for
     */
    public record ActorSettings(
            @Nullable String client,
            @Nullable String audience,
            @DefaultValue List<String> scopes) {}

    /**
     * The second step of a chain: the token of the first is the assertion (RFC 7523).
     *
     * @param client the client at the other authorization server
     * @param audience the API's audience; the issued token's aud must hold it
     * @param resource the API's address (RFC 8707); without an audience the issued token's aud must hold it
     * @param scopes the scopes to ask for; the issued token must hold them and no others
     * @param allowScopes scopes that the issued token may hold beyond those
     * @param subject same: the issued token names the caller's sub; mapped: the server maps subjects
     */
    public record ThenSettings(
            @Nullable String client,
            @Nullable String audience,
            @Nullable String resource,
            @DefaultValue List<String> scopes,
            @DefaultValue List<String> allowScopes,
            Target.@Nullable SubjectRule subject) {

        Stream<String> targets() {
            return Stream.of(Optional.ofNullable(audience), Optional.ofNullable(resource))
                    .flatMap(Optional::stream);
        }
    }

    /**
     * What protects the API.
     *
     * @param timeout until the head of the answer; an answer that has begun may take as long as it likes
     * @param maxInFlight how many requests may be under way at once
     */
    public record Limits(
            @DefaultValue("60s") Duration timeout,
            @DefaultValue("1000") int maxInFlight) {}

    /** Path and paths together. */
    List<String> allPaths() {
        if (path == null) {
            return paths;
        }
        List<String> all = new ArrayList<>(List.of(path));
        all.addAll(paths);
        return List.copyOf(all);
    }
}
