package dev.procura.gateway.idp;

import dev.procura.gateway.token.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A token that another system puts into a file and renews there (workload identity), sent as the client assertion of RFC
 * 7523 section 2.2.
 *
 * <p>Not checked: what the token says. It is the server that trusts whoever issued it.
 *
 * @param namesClient whether the form names the client as well
 */
record AssertionFile(Supplier<Secret> assertion, boolean namesClient) implements ClientAuthentication {

    @Override
    public boolean mayBlock() {
        return true;
    }

    @Override
    public Optional<String> authenticate(Form form, String clientId, URI endpoint) {
        ClientAssertion.add(form, assertion.get().reveal());
        if (namesClient) {
            form.addIfAbsent("client_id", clientId);
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "assertion-file";
    }
}
