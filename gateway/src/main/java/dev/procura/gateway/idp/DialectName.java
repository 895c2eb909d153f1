package dev.procura.gateway.idp;

/** The dialects that can be configured. */
public enum DialectName {
    RFC8693,
    KEYCLOAK,
    SPRING,
    AUTH0,
    OKTA,
    TOKENX,
    ENTRA,
    ENTRA_V1,
    RFC7523;

    Dialect dialect() {
        return switch (this) {
            case RFC8693 -> new Rfc8693Dialect();
            case KEYCLOAK -> new KeycloakDialect();
            case SPRING -> new SpringDialect();
            case AUTH0 -> new Auth0Dialect();
            case OKTA -> new OktaDialect();
            case TOKENX -> new TokenXDialect();
            case ENTRA -> new EntraDialect(EntraEndpoint.VERSION_2);
            case ENTRA_V1 -> new EntraDialect(EntraEndpoint.VERSION_1);
            case RFC7523 -> new Rfc7523Dialect();
        };
    }
}
