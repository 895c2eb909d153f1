package dev.procura.sample.issuer;

import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /demo/token?user=alice} answers with alice's access token as plain text, so that one line of shell can use it.
 * It is a JWT for {@code native-app}; with {@code &client=opaque-app} it is an opaque one, where that client exists.
 *
 * <p>It asks for no password. It exists in this sample only, which listens on loopback unless it is told otherwise; no
 * real authorization server has anything like it.
 */
@RestController
final class DemoTokenController {

    static final String PATH = "/demo/token";

    private final DemoTokens tokens;

    DemoTokenController(DemoTokens tokens) {
        this.tokens = tokens;
    }

    @RequestMapping(
            path = PATH,
            method = {RequestMethod.GET, RequestMethod.POST},
            produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> token(
            @RequestParam(name = "user", defaultValue = "") String user,
            @RequestParam(name = "client", defaultValue = Clients.NATIVE_APP) String client) {
        Optional<User> found = User.named(user);
        if (found.isEmpty()) {
            return notFound("There is no such user, only alice and bob: %s?user=alice".formatted(PATH));
        }
        return tokens.app(client)
                .map(app ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(tokens.issue(found.get(), app)))
                .orElseGet(() -> notFound("There is no such app; without a client it is " + Clients.NATIVE_APP));
    }

    private static ResponseEntity<String> notFound(String text) {
        return ResponseEntity.status(HttpStatus.NOT_FOUND).body(text);
    }
}
