package dev.procura.gateway.idp;

/** The dialects that can be configured. */
public enum DialectName {
    RFC8693,
    KEYCLOAK,
    SPRING;

    Dialect dialect() {
        return switch (this) {
            case RFC8693 -> new Rfc8693Dialect();
            case KEYCLOAK -> new KeycloakDialect();
            case SPRING -> new SpringDialect();
        };
    }
}
