package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.TenantTemplate;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Gives a permitted request the credential that its route plans. Without a {@link Permit} there is no way in. */
public final class Credentials {

    private final TokenSource tokens;
    private final RefusedTokens refusedTokens;
    private final UserContexts userContexts;
    private final AskedClaims askedClaims;

    public Credentials(
            TokenSource tokens, RefusedTokens refusedTokens, UserContexts userContexts, AskedClaims askedClaims) {
        this.tokens = tokens;
        this.refusedTokens = refusedTokens;
        this.userContexts = userContexts;
        this.askedClaims = askedClaims;
    }

    /** Never empty: a credential (which may be the planned absence of one), or the problem that ends the request. */
    public Mono<OutboundCredential> provide(CredentialPlan plan, Permit permit) {
        OutboundCredential ready = withoutAsking(plan, permit);
        return ready == null
                ? tokens.token(grant(plan, permit)).map(token -> bearer(plan, permit, token))
                : Mono.just(ready);
    }

    /**
     * The same credential, when nobody has to be asked for it: null says no more than that {@link #provide} has to be.
     *
     * @throws ProblemException when this caller cannot be acted for
     */
    public @Nullable OutboundCredential atHand(CredentialPlan plan, Permit permit) {
        OutboundCredential ready = withoutAsking(plan, permit);
        if (ready != null) {
            return ready;
        }
        AccessToken token = tokens.atHand(grant(plan, permit));
        return token == null ? null : bearer(plan, permit, token);
    }

    /** What no authorization server has a part in; null where one has. */
    private static @Nullable OutboundCredential withoutAsking(CredentialPlan plan, Permit permit) {
        if (plan == CredentialPlan.PassThrough.PASS_THROUGH) {
            return new OutboundCredential.Bearer(known(permit.caller()).token(), Optional.empty());
        }
        return plan == CredentialPlan.None.NONE ? OutboundCredential.Absent.ABSENT : null;
    }

    /**
     * The tier did not take what {@link #provide} gave: it is forgotten.
     *
     * @param claims what the tier wants a token to say, as the JSON of a claims challenge: the next one is asked for with it
     * @return how to come by another credential, see {@link RefusedTokens#forget}; absent for what was not obtained
     */
    public Optional<Mono<OutboundCredential>> afterRefusal(
            CredentialPlan plan, Permit permit, OutboundCredential.Bearer refused, Optional<String> claims) {
        if (!isObtained(plan)) {
            return Optional.empty();
        }
        Grant grant = grant(plan, permit);
        if (grant instanceof Grant.OnBehalfOf onBehalfOf) {
            claims.flatMap(ClaimsRequest::parse).ifPresent(asked -> askedClaims.told(onBehalfOf, asked));
        }
        return refusedTokens
                .forget(grant, refused.token())
                .map(other -> other.map(token -> bearer(plan, permit, token)));
    }

    /** Whether the credential comes from an authorization server; else it is the caller's own, or none. */
    public static boolean isObtained(CredentialPlan plan) {
        return plan instanceof CredentialPlan.OnBehalfOf || plan instanceof CredentialPlan.ClientCredentials;
    }

    /** Whether the tier is told for whom a call is made, so that the caller could meet what it demands of the user. */
    public static boolean namesCaller(CredentialPlan plan, Permit permit) {
        if (plan instanceof CredentialPlan.ClientCredentials own) {
            return own.userContext() == CredentialPlan.UserContext.SIGNED;
        }
        return plan instanceof CredentialPlan.OnBehalfOf onBehalfOf
                && permit.caller() instanceof Caller.Known caller
                && !isServedAsApplication(onBehalfOf, caller);
    }

    private static boolean isServedAsApplication(CredentialPlan.OnBehalfOf plan, Caller.Known caller) {
        return caller.kind() == Caller.Kind.APP && plan.appCallers() == CredentialPlan.AppCallers.CLIENT_CREDENTIALS;
    }

    /**
     * The one place that knows what is asked for: the same question whenever it is put, until a tier asks for claims.
     *
     * @throws ProblemException when this caller cannot be acted for
     */
    private Grant grant(CredentialPlan plan, Permit permit) {
        if (plan instanceof CredentialPlan.OnBehalfOf onBehalfOf) {
            return inNameOfCaller(onBehalfOf, permit);
        }
        CredentialPlan.ClientCredentials own = (CredentialPlan.ClientCredentials) plan;
        if (own.userContext() == CredentialPlan.UserContext.SIGNED) {
            Caller.Known unusedYet = known(permit.caller());
        }
        return new Grant.ClientCredentials(own.client(), own.target());
    }

    private Grant inNameOfCaller(CredentialPlan.OnBehalfOf plan, Permit permit) {
        Caller.Known caller = known(permit.caller());
        refuseOthers(plan.client(), caller);
        plan.then().ifPresent(then -> refuseOthers(then.client(), caller));
        if (caller.use() != TokenUse.ACCESS_TOKEN) {
            throw cannotBeActedFor("an ID token gives nobody the right to act for its user (procura.issuers."
                    + caller.issuerName() + ".id-tokens)");
        }
        if (isServedAsApplication(plan, caller)) {
            return new Grant.ClientCredentials(plan.client().inOwnName(), plan.target());
        }
        if (caller.kind() != Caller.Kind.USER) {
            throw cannotBeActedFor("an on-behalf-of credential needs a user, this caller shows " + caller.kind()
                    + " (credential.app-callers decides about applications)");
        }
        refuseNameless(caller, plan.client(), plan.target());
        plan.then().ifPresent(then -> refuseNameless(caller, then.client(), then.target()));
        Grant.OnBehalfOf first = onBehalfOf(plan, caller, permit.actor());
        refuseUnlessNamed(first);
        return plan.then()
                .<Grant>map(then -> new Grant.Chained(first, then.client(), then.target()))
                .orElse(first);
    }

    private static void refuseOthers(Client client, Caller.Known caller) {
        if (!client.mayActForCallersOf(caller.issuerName())) {
            throw cannotBeActedFor("issuer=" + caller.issuerName() + " is not one of procura.clients." + client.name()
                    + ".subject-issuers, or not one that its dialect takes");
        }
    }

    private Grant.OnBehalfOf onBehalfOf(
            CredentialPlan.OnBehalfOf plan, Caller.Known caller, Optional<Caller.Known> callingApi) {
        Client client = plan.client().isOfManyTenants() ? plan.client().at(tenantOf(caller)) : plan.client();
        Optional<Actor> actor = callingApi
                .<Actor>map(Actor.CallingApi::new)
                .or(() -> plan.actor().map(gateway -> gateway));
        return new Grant.OnBehalfOf(
                client, plan.target(), caller, actor, askedClaims.of(client, plan.target(), caller.identity()));
    }

    /** RFC 8693 section 4.4: who is to act is named, or does not. */
    private static void refuseUnlessNamed(Grant.OnBehalfOf grant) {
        if (!MayAct.allows(grant.subject().claims(), MayAct.Party.of(grant))) {
            throw cannotBeActedFor("may_act of the token does not name "
                    + (grant.actor().orElse(null) instanceof Actor.CallingApi
                            ? "the API whose token came in Actor-Token"
                            : "the gateway's client "
                                    + MayAct.Party.of(grant).clientId().orElse("") + " (procura.clients."
                                    + grant.client().name() + ")"));
        }
    }

    /** A token is traded at the tenant that issued it, and nowhere else. */
    private static String tenantOf(Caller.Known caller) {
        return caller.identity()
                .tenant()
                .filter(TenantTemplate::isTenant)
                .orElseThrow(() -> cannotBeActedFor(
                        "the token names no tenant that {tenantid} of the client could stand for (issuer="
                                + caller.issuerName() + ")"));
    }

    private static void refuseNameless(Caller.Known caller, Client client, Target target) {
        if (target.subject() == Target.SubjectRule.SAME && !isNamed(caller, client)) {
            throw cannotBeActedFor("the token lacks one of " + client.traits().userClaims()
                    + ", of the caller's own, that a token issued to procura.clients." + client.name()
                    + " could repeat (credential.subject: mapped, where the server is known to map)");
        }
    }

    private static boolean isNamed(Caller.Known caller, Client client) {
        return client.traits().userClaims().stream()
                .allMatch(name -> caller.claims()
                        .string(name)
                        .filter(value -> !Identity.isNobody(value))
                        .isPresent());
    }

    private OutboundCredential bearer(CredentialPlan plan, Permit permit, AccessToken token) {
        Optional<TokenValue> statement = plan instanceof CredentialPlan.ClientCredentials own
                        && own.userContext() == CredentialPlan.UserContext.SIGNED
                ? Optional.of(userContexts.statement(
                        known(permit.caller()), token, own.target().expectedAudience()))
                : Optional.empty();
        return new OutboundCredential.Bearer(token.value(), statement);
    }

    /** The start-up refuses routes that are open to anyone and yet need a caller; should one exist, it stays shut. */
    private static Caller.Known known(Caller caller) {
        if (caller instanceof Caller.Known known) {
            return known;
        }
        throw cannotBeActedFor("the route needs a known caller, but is open to anyone");
    }

    private static ProblemException cannotBeActedFor(String reason) {
        return ProblemException.of(Problem.CALLER_CANNOT_BE_ACTED_FOR, reason);
    }
}
