package dev.procura.gateway.e2e.callers;

import static dev.procura.gateway.e2e.callers.EntraTokens.ANA;
import static dev.procura.gateway.e2e.callers.EntraTokens.API;
import static dev.procura.gateway.e2e.callers.EntraTokens.BEN;
import static dev.procura.gateway.e2e.callers.EntraTokens.CONSUMERS;
import static dev.procura.gateway.e2e.callers.EntraTokens.DAEMON;
import static dev.procura.gateway.e2e.callers.EntraTokens.GROUP;
import static dev.procura.gateway.e2e.callers.EntraTokens.LILY;
import static dev.procura.gateway.e2e.callers.EntraTokens.NATIVE_CLIENT;
import static dev.procura.gateway.e2e.callers.EntraTokens.OF_CONSUMERS;
import static dev.procura.gateway.e2e.callers.EntraTokens.OF_LILY;
import static dev.procura.gateway.e2e.callers.EntraTokens.ORCHID;
import static dev.procura.gateway.e2e.callers.EntraTokens.SHARED;
import static dev.procura.gateway.e2e.callers.EntraTokens.SPA_CLIENT;
import static dev.procura.gateway.e2e.callers.EntraTokens.SPA_TENANT;
import static dev.procura.gateway.e2e.callers.EntraTokens.UNLISTED;
import static dev.procura.gateway.e2e.callers.EntraTokens.UNPUBLISHED;
import static dev.procura.gateway.e2e.callers.EntraTokens.daemonV1;
import static dev.procura.gateway.e2e.callers.EntraTokens.daemonV2;
import static dev.procura.gateway.e2e.callers.EntraTokens.idTokenV1;
import static dev.procura.gateway.e2e.callers.EntraTokens.idTokenV2;
import static dev.procura.gateway.e2e.callers.EntraTokens.userV1;
import static dev.procura.gateway.e2e.callers.EntraTokens.userV2;
import static dev.procura.gateway.e2e.callers.EntraTokens.v1;
import static dev.procura.gateway.e2e.callers.EntraTokens.v2;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Entra ID and Azure AD. */
final class EntraRows {

    private EntraRows() {}

    static Stream<Row> rows(String origin) {
        return Stream.of(versions(origin), audiences(), applications(), tenants(origin), groups(), idTokens(), times())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> versions(String origin) {
        return Stream.of(
                Row.of("a user of version 2.0", userV2(ORCHID, ANA))
                        .seeds(6, 11, 22)
                        .isDescribed(user(v2(ORCHID), ORCHID, ANA)),
                Row.of("a user of version 1.0", userV1(ORCHID, ANA))
                        .seeds(1, 6, 11, 22)
                        .isDescribed(user(v1(ORCHID), ORCHID, ANA)),
                Row.of("a native app's user of version 1.0", userV1(ORCHID, ANA))
                        .seeds(11, 22)
                        .on("orders")
                        .isExchanged(),
                Row.of("a native app's user of version 2.0", userV2(ORCHID, BEN))
                        .seeds(11, 22)
                        .on("orders")
                        .isExchanged(),
                Row.of(
                                "a user whose tenant's keys were discovered",
                                userV2(ORCHID, ANA).with("iss", origin + "/entra/" + ORCHID + "/v2.0"))
                        .isDescribed(user(origin + "/entra/" + ORCHID + "/v2.0", ORCHID, ANA)),
                Row.of(
                                "an issuer configured by its old host name",
                                userV1(EntraTokens.ALIAS, ANA).with("aud", API))
                        .seeds(28)
                        .isDescribed(user(v1(EntraTokens.ALIAS), EntraTokens.ALIAS, ANA)),
                Row.of(
                                "the old host name in the token itself",
                                userV1(EntraTokens.ALIAS, ANA)
                                        .with("iss", "https://login.windows.net/" + EntraTokens.ALIAS + "/"))
                        .seeds(28)
                        .isRefused(401, "issuer_unknown"),
                Row.of("an issuer that only publishes federation metadata", userV1(EntraTokens.FEDERATION, ANA))
                        .seeds(31)
                        .isRefused(503, "keys_unavailable"),
                Row.of("an access token with a nonce", userV2(ORCHID, ANA).with("nonce", "nonce-of-an-implicit-flow"))
                        .isDescribed(user(v2(ORCHID), ORCHID, ANA)),
                Row.of("version 1.0 under an issuer of 2.0", userV2(ORCHID, ANA).with("ver", "1.0"))
                        .seeds(6)
                        .isRefused(401, "token_malformed"),
                Row.of("version 2.0 under an issuer of 1.0", userV1(ORCHID, ANA).with("ver", "2.0"))
                        .seeds(6)
                        .isRefused(401, "token_malformed"),
                Row.of(
                                "an issuer of 1.0 without its slash",
                                userV1(ORCHID, ANA).with("iss", "https://sts.windows.net/" + ORCHID))
                        .isRefused(401, "issuer_unknown"),
                Row.of("appid and azp of two clients", userV2(ORCHID, ANA).with("appid", SPA_CLIENT))
                        .isRefused(401, "token_malformed"),
                Row.of("a user without an object id", userV2(ORCHID, ANA).without("oid"))
                        .isRefused(401, "identity_missing"));
    }

    private static Stream<Row> audiences() {
        return Stream.of(API, "api://" + API, "https://api.orchid.test", "https://api.orchid.test/", "elsewhere")
                .map(audience -> {
                    Row row = Row.of(
                                    "version 1.0 for " + audience,
                                    userV1(LILY, BEN).with("aud", audience))
                            .seeds(1, 2);
                    return audience.equals("elsewhere")
                            ? row.isRefused(401, "audience_mismatch")
                            : row.isDescribed(user(v1(LILY), LILY, BEN));
                });
    }

    private static Stream<Row> applications() {
        String principal = "3c3b969c-0000-4e11-a4ef-0000000000da";
        Map<String, Object> known =
                Described.inTenant(ORCHID, Described.as("app", v2(ORCHID), DAEMON, "oid", principal));
        Map<String, Object> knownV1 =
                Described.inTenant(ORCHID, Described.as("app", v1(ORCHID), DAEMON, "oid", principal));
        return Stream.of(
                Row.of("an application with the role", daemonV2(ORCHID))
                        .seeds(25)
                        .on("daemons")
                        .isDescribed(known),
                Row.of("an application of version 1.0 with the role", daemonV1(ORCHID))
                        .seeds(25)
                        .on("daemons")
                        .isDescribed(knownV1),
                Row.of("an application without roles", daemonV2(ORCHID).without("roles"))
                        .seeds(25)
                        .on("daemons")
                        .isRefused(403, "role_missing"),
                Row.of("a listed application without roles", daemonV2(ORCHID).without("roles"))
                        .seeds(25)
                        .on("applications")
                        .isDescribed(known),
                Row.of("an application that is not listed", daemonV2(ORCHID).with("azp", SPA_CLIENT))
                        .seeds(25)
                        .on("applications")
                        .isRefused(403, "client_not_allowed"),
                Row.of("an application without idtyp", daemonV2(ORCHID).without("idtyp"))
                        .on("applications")
                        .isDescribed(known),
                Row.of("an application where users are meant", daemonV2(ORCHID)).isRefused(403, "caller_kind_refused"),
                Row.of("an application where somebody has to be acted for", daemonV2(ORCHID))
                        .on("orders")
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "a user where applications are meant",
                                userV2(ORCHID, ANA).with("roles", List.of("orders.process")))
                        .on("daemons")
                        .isRefused(403, "caller_kind_refused"),
                Row.of("idtyp app beside a delegated scope", userV2(ORCHID, ANA).with("idtyp", "app"))
                        .isRefused(403, "caller_kind_refused"),
                Row.of("the same where applications are meant", daemonV2(ORCHID).with("scp", "orders.read"))
                        .on("daemons")
                        .isRefused(403, "caller_kind_refused"),
                Row.of(
                                "idtyp user without a delegated scope",
                                userV2(ORCHID, ANA).without("scp").with("idtyp", "user"))
                        .isRefused(403, "caller_kind_refused"),
                Row.of("idtyp of something else", userV2(ORCHID, ANA).with("idtyp", "device"))
                        .isRefused(403, "caller_kind_refused"),
                Row.of("idtyp user with a delegated scope", userV2(ORCHID, ANA).with("idtyp", "user"))
                        .isDescribed(user(v2(ORCHID), ORCHID, ANA)),
                Row.of("a scope that is a list", userV2(ORCHID, ANA).with("scp", List.of("orders.read")))
                        .isRefused(403, "caller_kind_refused"));
    }

    private static Stream<Row> tenants(String origin) {
        String any = origin + "/any/{tenantid}/v2.0";
        return Stream.of(
                Row.of("a user of the other listed tenant", userV2(LILY, BEN))
                        .seeds(5)
                        .isDescribed(user(v2(LILY), LILY, BEN)),
                Row.of("the other tenant under its own key", userV2(LILY, BEN).signedBy(OF_LILY))
                        .seeds(5)
                        .isDescribed(user(v2(LILY), LILY, BEN)),
                Row.of(
                                "a tenant under the key of the other one",
                                userV2(ORCHID, ANA).signedBy(OF_LILY))
                        .seeds(5)
                        .isRefused(401, "signature_invalid"),
                Row.of(
                                "a key that only the other tenant publishes",
                                userV1(ORCHID, ANA).signedBy(OF_LILY))
                        .seeds(5)
                        .isRefused(401, "key_unknown"),
                Row.of(
                                "that key under a name that is known",
                                userV1(ORCHID, ANA).signedBy(OF_LILY.called(SHARED.kid())))
                        .seeds(5)
                        .isRefused(401, "signature_invalid"),
                Row.of(
                                "an organisation under the consumers' key",
                                userV2(ORCHID, ANA).signedBy(OF_CONSUMERS))
                        .seeds(5)
                        .isRefused(401, "signature_invalid"),
                Row.of(
                                "a personal account where organisations are listed",
                                userV2(CONSUMERS, ANA).signedBy(OF_CONSUMERS))
                        .seeds(5)
                        .isRefused(401, "issuer_unknown"),
                Row.of("a key that nobody publishes", userV2(ORCHID, ANA).signedBy(UNPUBLISHED))
                        .seeds(5)
                        .isRefused(401, "key_unknown"),
                Row.of("a tenant that is not listed", userV2(UNLISTED, ANA))
                        .seeds(5)
                        .isRefused(401, "issuer_unknown"),
                Row.of("tid of another tenant than iss", userV2(ORCHID, ANA).with("tid", LILY))
                        .seeds(5)
                        .isRefused(401, "token_malformed"),
                Row.of("tid in capitals", userV2(ORCHID, ANA).with("tid", ORCHID.toUpperCase(Locale.ROOT)))
                        .seeds(5)
                        .isRefused(401, "token_malformed"),
                Row.of("tid that is a domain", userV2(ORCHID, ANA).with("tid", "orchid.onmicrosoft.test"))
                        .seeds(5)
                        .isRefused(401, "token_malformed"),
                Row.of("no tid", userV2(ORCHID, ANA).without("tid")).seeds(5).isRefused(401, "token_malformed"),
                Row.of("an issuer that names its tenant by domain", userV2("orchid.onmicrosoft.test", ANA))
                        .seeds(5)
                        .isRefused(401, "issuer_unknown"),
                Row.of("the template itself as issuer", userV2("{tenantid}", ANA))
                        .seeds(5)
                        .isRefused(401, "issuer_unknown"),
                Row.of(
                                "a listed tenant by the document of all of them",
                                userV2(ORCHID, ANA).with("iss", EntraTokens.cloud(ORCHID)))
                        .seeds(5, 28)
                        .isDescribed(user(EntraTokens.cloud(ORCHID), ORCHID, ANA)),
                Row.of(
                                "a tenant of that document that is not listed",
                                userV2(UNLISTED, ANA).with("iss", EntraTokens.cloud(UNLISTED)))
                        .seeds(5)
                        .isRefused(401, "issuer_unknown"),
                Row.of(
                                "a tenant of that document under the key of the other one",
                                userV2(ORCHID, ANA)
                                        .with("iss", EntraTokens.cloud(ORCHID))
                                        .signedBy(OF_LILY))
                        .seeds(5)
                        .isRefused(401, "signature_invalid"),
                Row.of("any tenant where any is let in", of(any, UNLISTED))
                        .seeds(5, 28)
                        .on("common")
                        .isDescribed(user(any.replace("{tenantid}", UNLISTED), UNLISTED, ANA)),
                Row.of(
                                "a personal account where any tenant is let in",
                                of(any, CONSUMERS).signedBy(OF_CONSUMERS))
                        .seeds(5)
                        .on("common")
                        .isDescribed(user(any.replace("{tenantid}", CONSUMERS), CONSUMERS, ANA)),
                Row.of("any tenant under the consumers' key", of(any, UNLISTED).signedBy(OF_CONSUMERS))
                        .seeds(5)
                        .on("common")
                        .isRefused(401, "signature_invalid"),
                Row.of("any tenant on a route that does not name the issuer", of(any, UNLISTED))
                        .isRefused(401, "issuer_not_accepted_here"),
                Row.of(
                                "tid of another tenant where any is let in",
                                of(any, UNLISTED).with("tid", ORCHID))
                        .seeds(5)
                        .on("common")
                        .isRefused(401, "token_malformed"),
                Row.of("common as a tenant where any is let in", of(any, "common"))
                        .seeds(5, 28)
                        .on("common")
                        .isRefused(401, "issuer_unknown"),
                Row.of("a listed tenant on the route of the other issuer", userV2(ORCHID, ANA))
                        .on("common")
                        .isRefused(401, "issuer_not_accepted_here"));
    }

    private static Token of(String template, String tenant) {
        return userV2(tenant, ANA).with("iss", template.replace("{tenantid}", tenant));
    }

    private static Stream<Row> groups() {
        Map<String, Object> ana = user(v2(ORCHID), ORCHID, ANA);
        List<Token> untold = List.of(
                userV2(ORCHID, ANA)
                        .with("_claim_names", Map.of("groups", "src1"))
                        .with(
                                "_claim_sources",
                                Map.of("src1", Map.of("endpoint", "https://graph.orchid.test/getMemberObjects"))),
                userV2(ORCHID, ANA).with("hasgroups", true),
                userV2(ORCHID, ANA).with("groups:src1", "https://graph.orchid.test/getMemberObjects"));
        return Stream.of(
                        Stream.of(
                                Row.of(
                                                "a listed group",
                                                userV2(ORCHID, ANA).with("groups", List.of(GROUP, "another-group")))
                                        .seeds(9)
                                        .on("grouped")
                                        .isDescribed(ana),
                                Row.of("another group", userV2(ORCHID, ANA).with("groups", List.of("another-group")))
                                        .seeds(9)
                                        .on("grouped")
                                        .isRefused(403, "group_missing"),
                                Row.of("no groups", userV2(ORCHID, ANA))
                                        .seeds(9)
                                        .on("grouped")
                                        .isRefused(403, "group_missing")),
                        untold.stream()
                                .map(token -> Row.of("groups that are only pointed at", token)
                                        .seeds(9)
                                        .on("grouped")
                                        .isRefused(403, "groups_untold")),
                        untold.stream()
                                .map(token -> Row.of("the same where no group is needed", token)
                                        .seeds(9)
                                        .isDescribed(ana)))
                .flatMap(rows -> rows);
    }

    private static Stream<Row> idTokens() {
        Token spa = idTokenV2(SPA_TENANT, SPA_CLIENT);
        return Stream.of(
                Row.of("an ID token of version 2.0", idTokenV2(ORCHID, API))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of("an ID token of version 1.0", idTokenV1(ORCHID, API))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of("an ID token without a nonce", idTokenV2(ORCHID, API).without("nonce"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "an ID token with the hash of an access token",
                                idTokenV2(ORCHID, API).with("at_hash", "hash-of-another-token"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of("an ID token with a scope", idTokenV2(ORCHID, API).with("scp", "orders.read"))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of(
                                "an ID token with the hash of a code, and a client",
                                idTokenV2(ORCHID, API)
                                        .with("c_hash", "hash-of-the-code")
                                        .with("azp", API))
                        .seeds(20)
                        .isRefused(401, "token_type_refused"),
                Row.of("an ID token, accepted, passed on", spa)
                        .seeds(20)
                        .on("legacy")
                        .isPassedOn(),
                Row.of("an ID token, accepted, for the gateway's own call", spa)
                        .seeds(20)
                        .on("plain")
                        .isServedInOwnName(),
                Row.of("an ID token, accepted, to act for its user", spa)
                        .seeds(20)
                        .on("orders")
                        .isRefused(403, "caller_cannot_be_acted_for"),
                Row.of("an ID token for another client, accepted", idTokenV2(SPA_TENANT, NATIVE_CLIENT))
                        .seeds(20)
                        .on("legacy")
                        .isRefused(401, "audience_mismatch"),
                Row.of(
                                "an access token where ID tokens are accepted too",
                                userV2(SPA_TENANT, ANA).with("aud", SPA_CLIENT))
                        .seeds(20)
                        .on("orders")
                        .isExchanged());
    }

    private static Stream<Row> times() {
        long now = Token.time().instant().getEpochSecond();
        return Stream.of(
                Row.of("a token that has expired", userV1(ORCHID, ANA).with("exp", now - 60))
                        .seeds(12)
                        .isRefused(401, "token_expired"),
                Row.of(
                                "a token that has expired, to act for its user",
                                userV1(ORCHID, ANA).with("exp", now - 60))
                        .seeds(12)
                        .on("orders")
                        .isRefused(401, "token_expired"),
                Row.of(
                                "a token within the clock skew, where nothing is said of its user",
                                userV1(ORCHID, ANA).with("exp", now - 1))
                        .seeds(12)
                        .on("plain")
                        .isServedInOwnName(),
                Row.of(
                                "the same where its user is described",
                                userV1(ORCHID, ANA).with("exp", now - 1))
                        .seeds(12)
                        .isRefused(401, "token_expired"),
                Row.of("a token for later", userV1(ORCHID, ANA).with("nbf", now + 300))
                        .isRefused(401, "token_not_yet_valid"),
                Row.of("a time that is a text", userV1(ORCHID, ANA).with("exp", String.valueOf(now + 3600)))
                        .isRefused(401, "token_malformed"));
    }

    private static Map<String, Object> user(String iss, String tenant, String object) {
        return Described.inTenant(tenant, Described.as("user", iss, NATIVE_CLIENT, "oid", object));
    }
}
