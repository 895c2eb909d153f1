package dev.procura.gateway.inbound;

/** The profiles that can be configured. */
public enum ProfileName {
    GENERIC,
    KEYCLOAK;

    Profile profile() {
        return switch (this) {
            case GENERIC -> new GenericProfile();
            case KEYCLOAK -> new KeycloakProfile();
        };
    }
}
