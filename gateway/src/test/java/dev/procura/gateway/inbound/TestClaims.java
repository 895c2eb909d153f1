package dev.procura.gateway.inbound;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.token.Claims;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Claim sets as short texts, and as nobody would write them. */
final class TestClaims {

    private static final List<String> NAMES = List.of(
            "iss",
            "sub",
            "aud",
            "azp",
            "appid",
            "client_id",
            "clientId",
            "clientHost",
            "clientAddress",
            "cid",
            "uid",
            "oid",
            "tid",
            "org_id",
            "scp",
            "scope",
            "permissions",
            "roles",
            "realm_access",
            "resource_access",
            "groups",
            "_claim_names",
            "hasgroups",
            "gty",
            "idtyp",
            "typ",
            "jti",
            "sid",
            "nonce",
            "at_hash",
            "c_hash",
            "events",
            "htm",
            "htu",
            "tctx",
            "rctx",
            "token_introspection",
            "auth_time",
            "name",
            "given_name",
            "emails",
            "email",
            "preferred_username",
            "amr",
            "acr",
            "acrs",
            "tfp",
            "ver",
            "iat",
            "exp",
            "active",
            "username");

    private static final List<Object> VALUES = List.of(
            "",
            " ",
            "a",
            "b",
            "a@clients",
            "auth0|1",
            "auth0|a@clients",
            "client-credentials",
            "client_credentials",
            "password",
            "app",
            "user",
            "service-account-a",
            "Service-Account-A",
            "trrtcc:1",
            "onrtro:1",
            "Bearer",
            "ID",
            "Refresh",
            "1.0",
            "2.0",
            "read write",
            1L,
            -1L,
            1.5d,
            true,
            false,
            List.of());

    private TestClaims() {}

    /** The members of a JSON object; apostrophes stand for quotes. */
    static Claims of(String members) {
        try {
            return Claims.of(JSONObjectUtils.parse("{" + members.replace('\'', '"') + "}"));
        } catch (ParseException e) {
            throw new IllegalArgumentException(members, e);
        }
    }

    /** Known claims in every JSON type, in every combination. */
    static Claims soup(Random random) {
        Map<String, Object> claims = new LinkedHashMap<>();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            claims.put(Randomly.oneOf(random, NAMES), value(random, 2));
        }
        return Claims.of(claims);
    }

    private static Object value(Random random, int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(6);
        if (kind == 4) {
            List<Object> list = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                list.add(value(random, depth - 1));
            }
            return list;
        }
        if (kind == 5) {
            return Map.of(Randomly.oneOf(random, List.of("roles", "groups", "a", "a:b")), value(random, depth - 1));
        }
        return Randomly.oneOf(random, VALUES);
    }
}
