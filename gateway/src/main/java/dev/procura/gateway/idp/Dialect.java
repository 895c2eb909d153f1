package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.inbound.IssuerProperties;
import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** How one kind of authorization server wants to be asked, and what its refusals mean. Stateless. */
interface Dialect {

    // What can be asked at all; the start-up asks these.

    default Set<GrantKind> grants() {
        return EnumSet.of(GrantKind.ON_BEHALF_OF, GrantKind.CLIENT_CREDENTIALS);
    }

    /** What is wrong with a target of the configuration, for this kind of server. */
    default Optional<TargetFault> faultOf(GrantKind kind, Target target) {
        return Optional.empty();
    }

    /** Why this server never takes the tokens of an issuer as subject tokens. */
    default Optional<String> whyNoSubjectsOf(IssuerProperties issuer) {
        return Optional.empty();
    }

    /** Whether an {@code actor_token} is sent for this target. */
    default boolean takesActor(Target target) {
        return false;
    }

    /** Whether the route may name the {@code subject_token_type}. */
    default boolean takesSubjectTokenType() {
        return false;
    }

    /** Whether the issuer and the token endpoint may be those of the caller's tenant ({@code {tenantid}}). */
    default boolean asksAtTenants() {
        return false;
    }

    /** What issued tokens may say in {@code iss}, by the issuer of the configuration. */
    default Set<String> issuersOf(String issuer) {
        return Set.of(issuer);
    }

    /** Where the token endpoint of this issuer is told; empty: at the well-known places. */
    default Optional<Discovery> discoveryOf(String issuer) {
        return Optional.empty();
    }

    /**
     * A place for metadata.
     *
     * @param issuer what the document names
     */
    record Discovery(String issuer, URI metadataUri) {}

    default ServerTraits traits() {
        return ServerTraits.standard();
    }

    // For each request.

    /** The form for the grant, without what proves the client. */
    default Form form(Grant grant) {
        if (grant instanceof Grant.OnBehalfOf onBehalfOf) {
            return onBehalfOf(onBehalfOf);
        }
        if (grant instanceof Grant.Assertion assertion) {
            return assertion(assertion);
        }
        if (grant instanceof Grant.ClientCredentials own) {
            return clientCredentials(own);
        }
        throw new IllegalArgumentException("a chain is asked for step by step");
    }

    /** Why a request for this subject can only fail, so that it need not be made. */
    default Optional<String> whyFutile(Grant.OnBehalfOf grant) {
        return Optional.empty();
    }

    /** Whether the same question may be put again when nobody knows what came of the first. */
    default boolean mayRepeat(Grant grant) {
        return !(grant instanceof Grant.Assertion);
    }

    Form onBehalfOf(Grant.OnBehalfOf grant);

    Form clientCredentials(Grant.ClientCredentials grant);

    /** Only of dialects whose {@link #grants} have it. */
    default Form assertion(Grant.Assertion grant) {
        throw new IllegalArgumentException("this kind of server takes no assertion");
    }

    /** What a refusal (a status of 400 to 499 other than 429, with an {@code error}) means. */
    Outcome classify(Grant grant, Refusal refusal);

    /** Whether a refusal of the subject may as well be one of the client: the server has one answer for both. */
    default boolean mayBeAboutTheClient(Refusal refusal) {
        return false;
    }

    /**
     * Whether a 401 without a body says that the client has shown no proof at all. Only where nothing that a caller sends
     * brings such an answer about.
     */
    default boolean saysNothingToStrangers() {
        return false;
    }

    /** What an operator could change about a refusal; for the log. */
    default Optional<String> hint(Refusal refusal) {
        return Optional.empty();
    }

    /** How a client can prove itself at this server at all. */
    default Set<ClientAuthenticationMethod> authenticationMethods() {
        return EnumSet.allOf(ClientAuthenticationMethod.class);
    }

    /** How this server wants client assertions. */
    default AssertionDefaults assertionDefaults() {
        return AssertionDefaults.STANDARD;
    }
}
