package dev.procura.sample.issuer;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * A user. There are two: alice may do everything, bob may not read orders.
 *
 * @param scopes all that a token in this user's name can ever hold
 */
record User(String id, List<String> roles, Set<String> scopes) {

    static final List<User> ALL = List.of(
            new User(
                    "alice",
                    List.of("report-reader"),
                    Set.of(Scopes.OPENID, "orders.read", "reports.read", "orders", "inventory")),
            new User("bob", List.of(), Set.of(Scopes.OPENID, "reports.read", "inventory")));

    static Optional<User> named(@Nullable String id) {
        return ALL.stream().filter(user -> user.id.equals(id)).findFirst();
    }

    /** Of those offered, the ones this user may have. */
    Set<String> scopesAmong(Set<String> offered) {
        Set<String> common = new TreeSet<>(scopes);
        common.retainAll(offered);
        return common;
    }

    UserDetails withPassword(String encoded) {
        return org.springframework.security.core.userdetails.User.withUsername(id)
                .password(encoded)
                .authorities(List.of())
                .build();
    }
}
