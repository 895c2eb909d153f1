package dev.procura.gateway.route;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.AbortedException;

/**
 * Bytes on their way from one thread to another, which the end of the request may overtake: who takes them releases them,
 * and what nobody takes is released with the piece, also when it comes later.
 */
final class Piece {

    /** In place of the bytes, once they are somebody's or nobody's. */
    private static final Object GONE = new Object();

    /** Null before they have come. */
    private final AtomicReference<@Nullable Object> bytes = new AtomicReference<>();

    /** Once. */
    void put(ByteBuf come) {
        if (!bytes.compareAndSet(null, come)) {
            come.release();
        }
    }

    /** @throws AbortedException when they have been released, or taken */
    ByteBuf take() {
        if (bytes.getAndSet(GONE) instanceof ByteBuf come) {
            return come;
        }
        throw AbortedException.beforeSend();
    }

    void release() {
        if (bytes.getAndSet(GONE) instanceof ByteBuf come) {
            come.release();
        }
    }
}
