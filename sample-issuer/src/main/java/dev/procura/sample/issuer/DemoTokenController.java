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
    ResponseEntity<String> token(@RequestParam(name = "user", defaultValue = "") String id) {
        Optional<User> user = User.named(id);
        if (user.isEmpty()) {
            return ResponseEntity.status(HttpStatus.NOT_FOUND)
                    .body("There is no such user, only alice and bob: %s?user=alice".formatted(PATH));
        }
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(tokens.issueTo(user.get()));
    }
}
