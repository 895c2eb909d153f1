package dev.procura.gateway.idp;

import dev.procura.gateway.credential.ApiScopes;
import dev.procura.gateway.credential.Target;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How Entra is told the API, by the version of its endpoint. */
enum EntraEndpoint {

    /** Azure AD's: by {@code resource}, the application ID URI. */
    VERSION_1 {
        @Override
        boolean isVersion2() {
            return false;
        }

        @Override
        Optional<TargetFault> faultOf(GrantKind kind, Target target) {
            if (target.resource().isEmpty()) {
                return Optional.of(new TargetFault(
                        "resource",
                        "is missing: the endpoint of version 1.0 is told the API's application ID URI",
                        "credential: { on-behalf-of: gateway, resource: 'https://orders.contoso.com' }"));
            }
            return TargetFaults.noScopes(
                    target, "is not taken by the endpoint of version 1.0, which gives all of them");
        }

        @Override
        void addTarget(Form form, Target target) {
            TokenRequests.addResource(form, target);
        }

        @Override
        void addTargetOnBehalfOf(Form form, Target target) {
            addTarget(form, target);
            // Listed as required; the unsigned ID token that it brings is dropped unread.
            form.add("scope", "openid");
        }
    },

    /** By the scopes: {@code api://…/.default}, or named ones of one API. */
    VERSION_2 {
        @Override
        boolean isVersion2() {
            return true;
        }

        @Override
        Optional<TargetFault> faultOf(GrantKind kind, Target target) {
            Set<String> scopes = target.scopes().values();
            if (scopes.isEmpty()) {
                return ofScopes("is missing: Entra is told the API by its scopes, and takes no resource");
            }
            Set<Optional<String>> apis = scopes.stream().map(ApiScopes::api).collect(Collectors.toSet());
            if (apis.size() > 1 || apis.stream().anyMatch(api -> api.orElse("").isEmpty())) {
                return ofScopes("does not name one API: each scope begins with the same application ID URI");
            }
            boolean all = scopes.stream().anyMatch(scope -> scope.endsWith("/.default"));
            if (all && scopes.size() > 1) {
                return ofScopes("holds .default, which stands for all scopes, and others beside it");
            }
            if (kind == GrantKind.CLIENT_CREDENTIALS && !all) {
                return Optional.of(new TargetFault(
                        "scopes",
                        "names single scopes, and an application gets .default alone at Entra",
                        "scopes: ['api://orders.example.com/.default']"));
            }
            return TargetFaults.noResource(
                    target,
                    "the endpoint of version 2.0 (dialect entra-v1 takes it)",
                    "scopes: ['api://orders.example.com/.default']");
        }

        @Override
        void addTarget(Form form, Target target) {
            TokenRequests.addScopes(form, target);
        }

        @Override
        void addTargetOnBehalfOf(Form form, Target target) {
            addTarget(form, target);
        }
    };

    abstract boolean isVersion2();

    abstract Optional<TargetFault> faultOf(GrantKind kind, Target target);

    abstract void addTarget(Form form, Target target);

    abstract void addTargetOnBehalfOf(Form form, Target target);

    private static Optional<TargetFault> ofScopes(String reason) {
        return Optional.of(new TargetFault(
                "scopes",
                reason,
                "credential: { on-behalf-of: gateway, audience: 11aa22bb-0000-4000-8000-00000000000b, scopes:"
                        + " ['api://orders.example.com/.default'] }"));
    }
}
