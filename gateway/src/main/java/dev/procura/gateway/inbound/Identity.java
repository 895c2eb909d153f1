package dev.procura.gateway.inbound;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A person or an application, told apart from every other one: the issuer, the tenant inside it, and the claims that the
 * issuer never reassigns. Never {@code sub} alone: two issuers may give the same one to two people.
 *
 * @param issuer the exact {@code iss}
 * @param tenant the issuer's tenant, where it has several
 * @param values claim name to value; never empty, no value is empty
 */
public record Identity(String issuer, Optional<String> tenant, Map<String, String> values) {

    /** What Azure AD B2C writes into {@code sub} for every user of a tenant that is set so. */
    private static final String NOBODY = letters("Not supported currently. Use oid claim.");

    /** Whether the value is no name: the same one stands for everybody. */
    public static boolean isNobody(String value) {
        return letters(value).equals(NOBODY);
    }

    private static String letters(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }

    public Identity {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        if (issuer.isEmpty() || values.isEmpty() || values.containsValue("")) {
            throw new IllegalArgumentException("an identity has no empty part");
        }
    }
}
