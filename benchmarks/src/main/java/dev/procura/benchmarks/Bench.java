package dev.procura.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the scenarios of one run share: the processes, the callers, and the peers that have been warmed up. */
final class Bench {

    private static final int USERS = 1_000;

    /**
     * How much is measured.
     *
     * @param rounds of each pair, interleaved
     * @param seconds of each
     */
    record Effort(int rounds, int seconds) {

        static final Effort FULL = new Effort(5, 6);

        /** To see whether everything works; its figures are worth little. */
        static final Effort QUICK = new Effort(1, 3);

        String words() {
            return rounds + (rounds == 1 ? " round of " : " rounds of ") + seconds + " s";
        }
    }

    private final Children children;
    private final AuthorizationServer server;
    private final Callers callers;
    private final Peers peers;
    private final WarmUp warmUp;
    private final Effort effort;
    private final Path users;
    private final String oneUser;
    private final Map<String, Peer> running = new LinkedHashMap<>();
    private final List<String> warmUps = new ArrayList<>();

    Bench(Children children, AuthorizationServer server, Callers callers, Peers peers, WarmUp warmUp, Effort effort)
            throws Exception {
        this.children = children;
        this.server = server;
        this.callers = callers;
        this.peers = peers;
        this.warmUp = warmUp;
        this.effort = effort;
        List<String> tokens = callers.newcomers(USERS);
        this.users = children.write("users", String.join("\n", tokens));
        this.oneUser = tokens.get(0);
    }

    Children children() {
        return children;
    }

    AuthorizationServer server() {
        return server;
    }

    Peers peers() {
        return peers;
    }

    Effort effort() {
        return effort;
    }

    /** A file of the tokens of a thousand users, who come again and again. */
    Path users() {
        return users;
    }

    String oneUser() {
        return oneUser;
    }

    /** A file of tokens that nobody has seen. */
    Path newcomers(int count) throws Exception {
        List<String> tokens = callers.newcomers(count);
        return children.write("newcomers-" + System.nanoTime(), String.join("\n", tokens));
    }

    /** Each running and quiet. */
    List<Peer> warm(String... names) throws Exception {
        List<Peer> warm = new ArrayList<>();
        for (String name : names) {
            warm.add(warm(name));
        }
        return warm;
    }

    Peer warm(String name) throws Exception {
        Peer known = running.get(name);
        if (known != null) {
            return known;
        }
        say("starting " + name);
        Peer peer = start(name);
        running.put(name, peer);
        Load.Closed usual = new Load.Closed(peer.url(), 64, WarmUp.WINDOW_SECONDS, users, Load.Order.ROUND);
        warmUp(peer, "", () -> usual.run(children), WarmUp.LONGEST_SECONDS);
        return peer;
    }

    private Peer start(String name) throws Exception {
        return switch (name) {
            case Peers.NGINX -> peers.nginx();
            case Peers.HAPROXY -> peers.haProxy();
            case Peers.BARE -> peers.bare();
            case Peers.HAND_WIRED -> peers.handWired();
            case Peers.PROCURA -> peers.procura();
            case Peers.PROCURA_ZGC -> peers.procuraWithZgc();
            case Peers.ROOMY -> peers.roomy();
            case Peers.ROOMY_ZGC -> peers.roomyWithZgc();
            default -> throw new IOException("there is no peer " + name);
        };
    }

    /** @param what is loaded beyond the usual, for the table */
    void warmUp(Peer peer, String what, Round.Loading window, double longest) throws Exception {
        if (peer.onJvm()) {
            say("warming up " + peer.name() + (what.isEmpty() ? "" : ", " + what)
                    + ", until its compilers are quiet, %.0f s at most".formatted(longest));
            warmUps.add((what.isEmpty() ? "" : what + ", ") + warmUp.run(peer, window, longest));
            say(warmUps.get(warmUps.size() - 1));
        }
    }

    List<String> warmUps() {
        return warmUps;
    }

    /** Those since a number of them that ended before the compilers were quiet. */
    List<String> notQuiet(int since) {
        return warmUps.subList(since, warmUps.size()).stream()
                .filter(said -> said.contains(WarmUp.NOT_QUIET))
                .toList();
    }

    /** To whoever waits for the end. */
    static void say(String line) {
        System.err.println(line);
    }
}
