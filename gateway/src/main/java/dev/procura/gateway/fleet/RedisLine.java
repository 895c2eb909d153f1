package dev.procura.gateway.fleet;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The connection to Redis that all commands share, and those that hear. Connecting blocks, so it happens on a thread of its
 * own, once for all who ask, and goes on when they do not wait for it. Once it stands, Lettuce keeps it up.
 */
public final class RedisLine {

    /** Then whoever hears is too slow: it is ended, and looks up what it has missed. */
    private static final int MAX_UNREAD = 1024;

    /** What Redis says when it serves nobody, or not us; all else is about one command. */
    private static final Set<String> AWAY =
            Set.of("LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "NOAUTH", "WRONGPASS");

    private final LettuceConnectionFactory factory;
    private final Scheduler dialling;
    private volatile Mono<ReactiveRedisConnection> connection;

    /** @param dialling one thread, which may be blocked */
    public RedisLine(LettuceConnectionFactory factory, Scheduler dialling) {
        this.factory = factory;
        this.dialling = dialling;
        this.connection = dial();
    }

    /** Has the next command make a new connection: this one says nothing any more, and nobody has said that it is dead. */
    public void redial() {
        dialling.schedule(factory::resetConnection);
        connection = dial();
    }

    <T> Mono<T> ask(Function<ReactiveRedisConnection, Mono<T>> command) {
        return Mono.defer(() -> connection).flatMap(command).onErrorMap(RedisLine::outcome);
    }

    Flux<byte[]> hear(ByteBuffer topic) {
        return Flux.usingWhen(
                        listen(),
                        listening -> heard(listening, bytes(topic)),
                        listening -> Mono.fromCompletionStage(listening::closeAsync))
                .onBackpressureBuffer(MAX_UNREAD)
                .onErrorMap(RedisLine::outcome);
    }

    private Mono<ReactiveRedisConnection> dial() {
        // By its interface: the type that the class itself returns is not public.
        ReactiveRedisConnectionFactory reactive = factory;
        return Mono.fromCallable(reactive::getReactiveConnection)
                .subscribeOn(dialling)
                .cache(made -> Duration.ofMillis(Long.MAX_VALUE), failure -> Duration.ZERO, () -> Duration.ZERO);
    }

    /** Never interrupted: what is connected when nobody wants it any more has to be closed. */
    private Mono<StatefulRedisPubSubConnection<byte[], byte[]>> listen() {
        return Mono.create(sink -> {
            AtomicBoolean unwanted = new AtomicBoolean();
            sink.onCancel(() -> unwanted.set(true));
            dialling.schedule(() -> {
                if (unwanted.get()) {
                    return;
                }
                try {
                    StatefulRedisPubSubConnection<byte[], byte[]> made = connect(factory.getRequiredNativeClient());
                    if (unwanted.get()) {
                        CompletableFuture<Void> unused = made.closeAsync();
                    } else {
                        sink.success(made);
                    }
                } catch (RuntimeException e) {
                    sink.error(e);
                }
            });
        });
    }

    private static StatefulRedisPubSubConnection<byte[], byte[]> connect(AbstractRedisClient client) {
        return client instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(ByteArrayCodec.INSTANCE)
                : ((RedisClient) client).connectPubSub(ByteArrayCodec.INSTANCE);
    }

    /** Lettuce would connect and subscribe again by itself, and nobody would know that something may have been missed. */
    private static Flux<byte[]> heard(StatefulRedisPubSubConnection<byte[], byte[]> listening, byte[] topic) {
        return Flux.create(
                sink -> {
                    listening.addListener(new RedisPubSubAdapter<>() {
                        @Override
                        public void message(byte[] channel, byte[] message) {
                            if (message.length <= RedisStore.MAX_VALUE) {
                                sink.next(message);
                            }
                        }
                    });
                    listening.addListener(new RedisConnectionStateListener() {
                        @Override
                        public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                            sink.error(lost());
                        }
                    });
                    listening.async().subscribe(topic).whenComplete((done, failure) -> {
                        if (failure != null) {
                            sink.error(outcome(failure));
                        }
                    });
                    if (!listening.isOpen()) {
                        sink.error(lost());
                    }
                },
                FluxSink.OverflowStrategy.IGNORE);
    }

    private static SharedStore.OutOfReach lost() {
        return new SharedStore.OutOfReach("the connection was lost");
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** A reason holds the first word of an answer and names of classes, never a key or a value. */
    static RuntimeException outcome(Throwable failure) {
        if (failure instanceof SharedStore.OutOfReach || failure instanceof Refused) {
            return (RuntimeException) failure;
        }
        Optional<String> said = find(failure, RedisCommandExecutionException.class)
                .map(answer -> String.valueOf(answer.getMessage()).split(" ", 2)[0]);
        boolean connecting = find(failure, RedisConnectionException.class).isPresent();
        if (said.isPresent() && !connecting && !AWAY.contains(said.get())) {
            return new Refused(said.get());
        }
        return new SharedStore.OutOfReach(said.orElseGet(() -> root(failure)));
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        Throwable next = failure;
        for (int depth = 0; next != null && depth < 20; depth++) {
            if (type.isInstance(next)) {
                return Optional.of(type.cast(next));
            }
            next = next.getCause();
        }
        return Optional.empty();
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        String name = root.getClass().getSimpleName();
        return name.startsWith("Annotated") ? name.substring("Annotated".length()) : name;
    }
}
