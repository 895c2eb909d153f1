package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import reactor.netty.channel.AbortedException;

/** Whoever comes first, the bytes are released once. */
final class PieceTest {

    private final Piece piece = new Piece();
    private final ByteBuf bytes = Unpooled.buffer().writeByte(1);

    @Test
    void belongsToWhoTakesIt() {
        piece.put(bytes);

        assertThat(piece.take()).isSameAs(bytes);
        piece.release();
        assertThat(bytes.refCnt()).isOne();
    }

    @Test
    void isReleasedWhereNobodyTakesIt() {
        piece.put(bytes);
        piece.release();
        piece.release();

        assertThat(bytes.refCnt()).isZero();
        assertThatThrownBy(piece::take).isInstanceOf(AbortedException.class);
    }

    @Test
    void isReleasedWhenItComesTooLate() {
        piece.release();
        piece.put(bytes);

        assertThat(bytes.refCnt()).isZero();
        assertThatThrownBy(piece::take).isInstanceOf(AbortedException.class);
    }

    /** The end meets the arrival, and the end meets who takes them. */
    @Test
    void isReleasedOnceWhoeverIsFirst() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < 2_000; i++) {
                Piece raced = new Piece();
                ByteBuf come = Unpooled.buffer(1);
                boolean arrives = i % 2 == 0;
                if (!arrives) {
                    raced.put(come);
                }
                CountDownLatch together = new CountDownLatch(2);
                Future<?> end = other.submit(() -> meet(together, raced::release));
                meet(together, () -> {
                    if (arrives) {
                        raced.put(come);
                    } else {
                        takeAndRelease(raced);
                    }
                });
                end.get();
                assertThat(come.refCnt()).isZero();
            }
        } finally {
            other.shutdown();
        }
    }

    private static void takeAndRelease(Piece raced) {
        try {
            raced.take().release();
        } catch (AbortedException late) {
            // the end was first
        }
    }

    private static void meet(CountDownLatch together, Runnable action) {
        together.countDown();
        while (together.getCount() > 0) {
            Thread.onSpinWait();
        }
        action.run();
    }
}
