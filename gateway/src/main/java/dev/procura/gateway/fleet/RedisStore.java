package dev.procura.gateway.fleet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.springframework.data.redis.connection.ReactiveStringCommands;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.SetCondition;
import org.springframework.data.redis.core.types.Expiration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The store on a Redis: standalone, watched by Sentinel, or a Cluster. Every command touches one key, which begins with
 * {@link #PREFIX}; so do topics. What must happen at once is a script.
 *
 * <p>A value of more than {@link #MAX_VALUE} bytes is not there, and no more of it travels: this gateway writes none. Nor is
 * a value of no bytes. What Redis answers with an error
 * is signalled as {@link Refused}, everything else as {@link SharedStore.OutOfReach}. It sets no deadline: {@link
 * BreakingStore} does.
 */
public final class RedisStore implements SharedStore {

    /** Of every key and topic, so that the rights of the Redis user can name them. */
    static final String PREFIX = "procura:";

    static final int MAX_VALUE = 64 * 1024;

    /**
     * How long members are kept after their end: the clocks of replicas differ, and the one that is ahead must not make
     * others forget.
     */
    static final Duration GRACE = Duration.ofHours(1);

    private static final ByteBuffer RELEASE = script("""
            if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1]) == ARGV[1] then
              return redis.call('DEL', KEYS[1])
            end
            return 0
            """);

    /** Of a member: the longest revocation is far shorter. */
    static final int MAX_MEMBER = 4 * 1024;

    /** Of the members of one answer. */
    static final int MAX_MEMBERS = 4 * 1024 * 1024;

    /** No member lasts longer, and none that seems to was written by this gateway. */
    static final Duration LONGEST = Duration.ofDays(400);

    /**
     * ZADD with GT would do, and came with Redis 6.2 only. What ends beyond belief is removed, and so is what is no set: the
     * name is this gateway's.
     */
    private static final ByteBuffer ENLIST = script("""
            local gone = redis.pcall('ZREMRANGEBYSCORE', KEYS[1], '(' .. ARGV[4], '+inf')
            if type(gone) == 'table' then
              if not string.find(gone['err'], 'WRONGTYPE', 1, true) then
                return gone
              end
              redis.call('DEL', KEYS[1])
            end
            local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
            if not known or tonumber(known) < tonumber(ARGV[2]) then
              redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
            end
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
            local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
            if last[2] then
              redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(last[2]) - tonumber(ARGV[3])))
            end
            return 1
            """);

    /**
     * Reads members until there are enough of them or of their bytes. In place of one that is too large stands an empty one: it
     * does not travel. The first of the answer says whether bytes were what ended it.
     */
    private static final ByteBuffer ENLISTED = script("""
            local limit = tonumber(ARGV[3])
            local answer = {'0'}
            local bytes = 0
            while #answer - 1 < limit do
              local page = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[2], '(' .. ARGV[1],
                  'LIMIT', #answer - 1, math.min(256, limit - #answer + 1))
              for _, member in ipairs(page) do
                if #member > tonumber(ARGV[4]) then
                  member = ''
                end
                bytes = bytes + #member
                if bytes > tonumber(ARGV[5]) then
                  answer[1] = '1'
                  return answer
                end
                answer[#answer + 1] = member
              end
              if #page < 256 then
                return answer
              end
            end
            return answer
            """);

    /** Nobody counts that far: who finds more, finds what somebody else wrote. A number of Lua is exact up to there. */
    static final long MAX_NUMBER = 1L << 40;

    /** What is no number, or too large a one, counts as none. It never ends: somebody may go by it. */
    private static final ByteBuffer INCREASE = script("""
            local found = redis.pcall('GETRANGE', KEYS[1], 0, 31)
            if type(found) == 'table' then
              if not string.find(found['err'], 'WRONGTYPE', 1, true) then
                return found
              end
              found = ''
            end
            local known = tonumber(string.match(found, '^[1-9]%d*$') or '')
            if not known or known < tonumber(ARGV[1]) or known > tonumber(ARGV[2]) then
              redis.call('SET', KEYS[1], ARGV[1])
            end
            return redis.call('INCR', KEYS[1])
            """);

    private final RedisLine line;
    private final Clock clock;

    public RedisStore(RedisLine line, Clock clock) {
        this.line = line;
        this.clock = clock;
    }

    @Override
    public Mono<byte[]> get(String name) {
        return strings(commands -> commands.getRange(key(name), 0, MAX_VALUE))
                .map(RedisStore::bytes)
                .filter(value -> value.length > 0 && value.length <= MAX_VALUE);
    }

    @Override
    public Mono<Void> put(String name, byte[] value, Duration life) {
        if (value.length > MAX_VALUE) {
            return Mono.error(new Refused("a value of " + value.length + " bytes"));
        }
        return strings(commands -> commands.set(key(name), ByteBuffer.wrap(value), SetCondition.upsert(), in(life)))
                .then();
    }

    @Override
    public Mono<Boolean> lease(String name, byte[] holder, Duration life) {
        return strings(commands -> commands.set(key(name), ByteBuffer.wrap(holder), SetCondition.ifAbsent(), in(life)))
                .defaultIfEmpty(false);
    }

    @Override
    public Mono<Void> release(String name, byte[] holder) {
        return eval(RELEASE, name, ByteBuffer.wrap(holder)).then();
    }

    @Override
    public Mono<Void> enlist(String set, byte[] member, Instant until) {
        if (member.length > MAX_MEMBER) {
            return Mono.error(new Refused("a member of " + member.length + " bytes"));
        }
        return Mono.defer(() -> {
                    Instant now = clock.instant();
                    Instant last = now.plus(LONGEST);
                    return eval(
                            ENLIST,
                            set,
                            ByteBuffer.wrap(member),
                            number((until.isAfter(last) ? last : until).toEpochMilli()),
                            number(now.minus(GRACE).toEpochMilli()),
                            number(believableEnd(now)));
                })
                .then();
    }

    @Override
    public Mono<Members> enlisted(String set, Instant now, int limit) {
        ByteBuffer[] arguments = {
            key(set),
            number(now.toEpochMilli()),
            number(believableEnd(now)),
            number(limit),
            number(MAX_MEMBER),
            number(MAX_MEMBERS)
        };
        return line.ask(connection -> connection
                .scriptingCommands()
                .<Object>eval(ENLISTED.duplicate(), ReturnType.MULTI, 1, arguments)
                .flatMapIterable(RedisStore::elements)
                .map(RedisStore::bytes)
                .collectList()
                .map(answer -> members(answer, limit)));
    }

    /** By whatever clock of a replica it was reckoned. */
    private static long believableEnd(Instant now) {
        return now.plus(LONGEST).plus(GRACE).toEpochMilli();
    }

    private static List<ByteBuffer> elements(Object answer) {
        return answer instanceof List<?> many
                ? many.stream().map(ByteBuffer.class::cast).toList()
                : List.of((ByteBuffer) answer);
    }

    private static Members members(List<byte[]> answer, int limit) {
        List<byte[]> members = List.copyOf(answer.subList(1, answer.size()));
        return new Members(members, members.size() >= limit || answer.get(0)[0] == '1');
    }

    @Override
    public Mono<Long> number(String name) {
        return get(name).map(RedisStore::parse).defaultIfEmpty(0L);
    }

    @Override
    public Mono<Long> increase(String name, long atLeast) {
        if (atLeast < 0 || atLeast > MAX_NUMBER) {
            return Mono.error(new Refused("a number out of bounds"));
        }
        return eval(INCREASE, name, number(atLeast), number(MAX_NUMBER)).cast(Long.class);
    }

    @Override
    public Mono<Void> tell(String topic, byte[] message) {
        return line.ask(connection -> connection.pubSubCommands().publish(key(topic), ByteBuffer.wrap(message)))
                .then();
    }

    @Override
    public Flux<byte[]> hear(String topic) {
        return line.hear(key(topic));
    }

    private <T> Mono<T> strings(Function<ReactiveStringCommands, Mono<T>> command) {
        return line.ask(connection -> command.apply(connection.stringCommands()));
    }

    private Mono<Object> eval(ByteBuffer script, String name, ByteBuffer... arguments) {
        ByteBuffer[] all = new ByteBuffer[arguments.length + 1];
        all[0] = key(name);
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return line.ask(connection -> connection
                .scriptingCommands()
                .<Object>eval(script.duplicate(), ReturnType.INTEGER, 1, all)
                .next());
    }

    private static ByteBuffer script(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer key(String name) {
        return ByteBuffer.wrap((PREFIX + name).getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer number(long number) {
        return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    private static Expiration in(Duration life) {
        return Expiration.milliseconds(Math.max(1, life.toMillis()));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static long parse(byte[] value) {
        try {
            String text = new String(value, StandardCharsets.US_ASCII);
            long number = Long.parseLong(text);
            return number >= 0 && number <= MAX_NUMBER && Long.toString(number).equals(text) ? number : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
