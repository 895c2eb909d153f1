package dev.procura.gateway.problem;

import java.util.Locale;

/**
 * Every way a request can fail, with the stable code that callers and operators see. The sentences are public: they hold
 * nothing of tokens, claims, hosts, or what an authorization server said. {@code docs/errors.md} has a row for each.
 */
public enum Problem {
    // What the request itself looks like.
    INVALID_PATH(400, Challenge.NONE, "The path can be read in more than one way"),
    INVALID_AUTHORIZATION(400, Challenge.INVALID_REQUEST, "The Authorization header is not one well-formed credential"),
    TOKEN_IN_QUERY(400, Challenge.INVALID_REQUEST, "An access token must not travel in the query"),
    BAD_REQUEST(400, Challenge.NONE, "The request cannot be understood"),
    REVOCATION_REFUSED(400, Challenge.NONE, "The revocation cannot be taken as it is written"),

    LOOP_DETECTED(508, Challenge.NONE, "The request has come through this gateway too often"),
    BODY_TOO_LARGE(413, Challenge.NONE, "A body of this size is not taken with this method"),

    // Who is calling?
    TOKEN_MISSING(401, Challenge.BARE, "An access token is needed"),
    TOKEN_MALFORMED(401, Challenge.INVALID_TOKEN, "The access token cannot be read"),
    TOKEN_TOO_LARGE(401, Challenge.INVALID_TOKEN, "The access token is too large"),
    TOKEN_TYPE_REFUSED(401, Challenge.INVALID_TOKEN, "This kind of token is not accepted here"),
    ALGORITHM_REFUSED(401, Challenge.INVALID_TOKEN, "The signature algorithm is not accepted"),
    ISSUER_UNKNOWN(401, Challenge.INVALID_TOKEN, "The issuer is not trusted"),
    KEY_UNKNOWN(401, Challenge.INVALID_TOKEN, "The signing key is not known"),
    SIGNATURE_INVALID(401, Challenge.INVALID_TOKEN, "The signature does not match"),
    TOKEN_EXPIRED(401, Challenge.INVALID_TOKEN, "The access token has expired"),
    TOKEN_NOT_YET_VALID(401, Challenge.INVALID_TOKEN, "The access token is not valid yet"),
    AUDIENCE_MISMATCH(401, Challenge.INVALID_TOKEN, "The access token is meant for someone else"),
    ISSUER_NOT_ACCEPTED_HERE(401, Challenge.INVALID_TOKEN, "Tokens of this issuer do not open this route"),
    IDENTITY_MISSING(401, Challenge.INVALID_TOKEN, "The access token does not say whose it is"),
    TOKEN_INACTIVE(401, Challenge.INVALID_TOKEN, "The access token is not known, or not valid any more"),
    TOKEN_REVOKED(401, Challenge.INVALID_TOKEN, "The access token has been revoked"),
    PROOF_MISSING(401, Challenge.INVALID_TOKEN, "The access token is bound to a key whose proof is missing"),
    ACTOR_TOKEN_MISSING(401, Challenge.INVALID_TOKEN, "The calling API's own token is needed in Actor-Token"),
    ACTOR_TOKEN_INVALID(401, Challenge.INVALID_TOKEN, "The token in Actor-Token is not valid"),
    SUBJECT_REJECTED(
            401, Challenge.INVALID_TOKEN, "The authorization server does not accept the access token any more"),

    // May they?
    SCOPE_MISSING(403, Challenge.INSUFFICIENT_SCOPE, "The access token lacks a scope that this route needs"),
    ROLE_MISSING(403, Challenge.INSUFFICIENT_SCOPE, "The caller lacks a role that this route needs"),
    GROUP_MISSING(403, Challenge.INSUFFICIENT_SCOPE, "The caller is not in a group that this route needs"),
    GROUPS_UNTOLD(403, Challenge.INSUFFICIENT_SCOPE, "The access token has no room for the caller's groups"),
    ACTING_PARTY_REFUSED(403, Challenge.INSUFFICIENT_SCOPE, "This route is not open to the acting party"),
    CLIENT_NOT_ALLOWED(403, Challenge.INSUFFICIENT_SCOPE, "This route is not open to the calling application"),
    CALLER_KIND_REFUSED(403, Challenge.INSUFFICIENT_SCOPE, "This route is not open to this kind of caller"),
    ACTOR_NOT_ALLOWED(403, Challenge.INSUFFICIENT_SCOPE, "The token in Actor-Token belongs to someone else"),
    CALLER_CANNOT_BE_ACTED_FOR(403, Challenge.INSUFFICIENT_SCOPE, "This caller cannot be acted for"),
    STEP_UP_REQUIRED(401, Challenge.STEP_UP, "A stronger or more recent sign-in is needed"),
    CONSENT_REQUIRED(403, Challenge.INSUFFICIENT_SCOPE, "Nobody has consented to this use yet"),
    TARGET_DENIED(403, Challenge.INSUFFICIENT_SCOPE, "The authorization server grants this caller no such access"),

    // Can we?
    NO_ROUTE(404, Challenge.NONE, "No route leads there"),
    INTERNAL_ERROR(500, Challenge.NONE, "The gateway failed"),
    TOKEN_REQUEST_REFUSED(502, Challenge.NONE, "The gateway could not obtain a credential for this route"),
    CLIENT_REFUSED(502, Challenge.NONE, "The gateway could not obtain a credential for this route"),
    ISSUED_TOKEN_REFUSED(502, Challenge.NONE, "The gateway was given a credential that does not fit this route"),
    TIER_REFUSED_CREDENTIAL(502, Challenge.NONE, "The API behind this route did not accept the gateway's credential"),
    TIER_UNREACHABLE(502, Challenge.NONE, "The API behind this route did not answer"),
    KEYS_UNAVAILABLE(503, Challenge.NONE, "The access token cannot be verified at the moment"),
    INTROSPECTION_UNAVAILABLE(503, Challenge.NONE, "The access token cannot be looked up at the moment"),
    AUTHORIZATION_SERVER_UNAVAILABLE(503, Challenge.NONE, "No credential can be obtained at the moment"),
    ROUTE_BUSY(503, Challenge.NONE, "Too many requests are under way on this route"),
    TIER_TIMEOUT(504, Challenge.NONE, "The API behind this route took too long");

    /** What a refusal tells the caller's client to do (RFC 6750 section 3). */
    public enum Challenge {
        NONE(""),
        BARE(""),
        INVALID_REQUEST("invalid_request"),
        INVALID_TOKEN("invalid_token"),
        INSUFFICIENT_SCOPE("insufficient_scope"),
        STEP_UP("insufficient_user_authentication");

        private final String error;

        Challenge(String error) {
            this.error = error;
        }

        /** The {@code error} parameter; empty where the standard wants none. */
        public String error() {
            return error;
        }
    }

    private final int status;
    private final Challenge challenge;
    private final String detail;

    Problem(int status, Challenge challenge, String detail) {
        this.status = status;
        this.challenge = challenge;
        this.detail = detail;
    }

    /** Stable, for programs: {@code token_expired}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int status() {
        return status;
    }

    public Challenge challenge() {
        return challenge;
    }

    /** One public sentence, printable ASCII without quotes, so that it can stand in a challenge. */
    public String detail() {
        return detail;
    }
}
