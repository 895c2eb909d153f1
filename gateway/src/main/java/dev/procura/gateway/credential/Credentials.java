package dev.procura.gateway.credential;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Gives a permitted request the credential that its route plans. Without a {@link Permit} there is no way in. */
public final class Credentials {

    private final TokenSource tokens;
    private final UserContexts userContexts;

    public Credentials(TokenSource tokens, UserContexts userContexts) {
        this.tokens = tokens;
        this.userContexts = userContexts;
    }

    /** Never empty: a credential (which may be the planned absence of one), or the problem that ends the request. */
    public Mono<OutboundCredential> provide(CredentialPlan plan, Permit permit) {
        if (plan instanceof CredentialPlan.OnBehalfOf onBehalfOf) {
            return onBehalfOf(onBehalfOf, permit);
        }
        if (plan instanceof CredentialPlan.ClientCredentials own) {
            return inOwnName(own, permit.caller());
        }
        if (plan == CredentialPlan.PassThrough.PASS_THROUGH) {
            return Mono.just(
                    new OutboundCredential.Bearer(known(permit.caller()).token(), Optional.empty()));
        }
        return Mono.just(OutboundCredential.Absent.ABSENT);
    }

    private Mono<OutboundCredential> onBehalfOf(CredentialPlan.OnBehalfOf plan, Permit permit) {
        Caller.Known caller = known(permit.caller());
        if (!plan.client().mayActForCallersOf(caller.issuerName())) {
            return Mono.error(cannotBeActedFor("issuer=" + caller.issuerName() + " is not one of procura.clients."
                    + plan.client().name() + ".subject-issuers"));
        }
        if (caller.use() != TokenUse.ACCESS_TOKEN) {
            return Mono.error(
                    cannotBeActedFor("an ID token gives nobody the right to act for its user (procura.issuers."
                            + caller.issuerName() + ".id-tokens)"));
        }
        if (caller.kind() == Caller.Kind.APP && plan.appCallers() == CredentialPlan.AppCallers.CLIENT_CREDENTIALS) {
            return bearer(new Grant.ClientCredentials(plan.client(), plan.target()));
        }
        if (caller.kind() != Caller.Kind.USER) {
            return Mono.error(cannotBeActedFor("an on-behalf-of credential needs a user, this caller shows "
                    + caller.kind() + " (credential.app-callers decides about applications)"));
        }
        if (plan.target().subject() == Target.SubjectRule.SAME && !hasSubject(caller)) {
            return Mono.error(
                    cannotBeActedFor("the token has no sub of the caller's own that an issued token could repeat"
                            + " (credential.subject: mapped, where the server is known to map)"));
        }
        return bearer(new Grant.OnBehalfOf(plan.client(), plan.target(), caller, permit.actor()));
    }

    private static boolean hasSubject(Caller.Known caller) {
        return caller.claims()
                .string("sub")
                .filter(sub -> !Identity.isNobody(sub))
                .isPresent();
    }

    private Mono<OutboundCredential> inOwnName(CredentialPlan.ClientCredentials plan, Caller caller) {
        Grant grant = new Grant.ClientCredentials(plan.client(), plan.target());
        if (plan.userContext() == CredentialPlan.UserContext.NONE) {
            return bearer(grant);
        }
        Caller.Known known = known(caller);
        return tokens.token(grant)
                .map(token -> new OutboundCredential.Bearer(
                        token.value(),
                        Optional.of(userContexts.statement(
                                known, token, plan.target().expectedAudience()))));
    }

    private Mono<OutboundCredential> bearer(Grant grant) {
        return tokens.token(grant).map(token -> new OutboundCredential.Bearer(token.value(), Optional.empty()));
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
