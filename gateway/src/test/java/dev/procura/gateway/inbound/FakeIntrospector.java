package dev.procura.gateway.inbound;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.token.TokenValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** An introspection endpoint that answers as it is told, and remembers what it was shown. */
final class FakeIntrospector implements Introspector {

    static final String CLIENT = "gateway-id";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Function<String, Mono<AuthorizationServerHttp.Answer>> answers = token -> json("{'active':false}");

    @Override
    public String clientId() {
        return CLIENT;
    }

    @Override
    public Mono<AuthorizationServerHttp.Answer> ask(TokenValue token) {
        asked.add(token.reveal());
        return answers.apply(token.reveal());
    }

    List<String> asked() {
        return List.copyOf(asked);
    }

    void answers(Function<String, Mono<AuthorizationServerHttp.Answer>> byToken) {
        answers = byToken;
    }

    void answers(Mono<AuthorizationServerHttp.Answer> answer) {
        answers = token -> answer;
    }

    void answers(int status, String contentType, String body) {
        answers(answer(status, contentType, body));
    }

    /** Apostrophes stand for quotes. */
    void answers(String json) {
        answers(json(json));
    }

    void answers(Map<String, Object> members) {
        answers(answer(200, "application/json", JSONObjectUtils.toJSONString(members)));
    }

    static Mono<AuthorizationServerHttp.Answer> json(String json) {
        return answer(200, "application/json", json.replace('\'', '"'));
    }

    static Mono<AuthorizationServerHttp.Answer> answer(int status, String contentType, String body) {
        return Mono.just(new AuthorizationServerHttp.Answer(status, Optional.of(contentType), Optional.empty(), body));
    }
}
