package dev.procura.gateway.inbound;

/** The profiles that can be configured. */
public enum ProfileName {
    GENERIC(new GenericProfile()),
    ENTRA(new EntraProfile()),
    B2C(new B2cProfile()),
    AUTH0(new Auth0Profile()),
    KEYCLOAK(new KeycloakProfile()),
    OKTA(new OktaProfile());

    private final Profile profile;

    ProfileName(Profile profile) {
        this.profile = profile;
    }

    Profile profile() {
        return profile;
    }
}
