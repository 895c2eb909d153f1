package dev.procura.gateway.inbound;

import java.util.Collections;
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

    public Identity {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        if (issuer.isEmpty() || values.isEmpty() || values.containsValue("")) {
            throw new IllegalArgumentException("an identity has no empty part");
        }
    }
}
