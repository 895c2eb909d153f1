package dev.procura.gateway.inbound;

/** The profiles that can be configured. */
public enum ProfileName {
    GENERIC,
    ENTRA,
    B2C,
    AUTH0,
    KEYCLOAK,
    OKTA;

    Profile profile() {
        return switch (this) {
            case GENERIC -> new GenericProfile();
            case ENTRA -> new EntraProfile();
            case B2C -> new B2cProfile();
            case AUTH0 -> new Auth0Profile();
            case KEYCLOAK -> new KeycloakProfile();
            case OKTA -> new OktaProfile();
        };
    }
}
