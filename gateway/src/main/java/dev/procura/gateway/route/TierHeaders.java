package dev.procura.gateway.route;

import dev.procura.gateway.credential.OutboundCredential;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The headers of requests and answers on the {@link HitPath}, in one pass: what Spring Cloud Gateway's own header filters and
 * {@link OutboundHeaders} make of them one after the other.
 */
final class TierHeaders {

    private static final String FORWARDED = "forwarded";
    private static final String FORWARDED_FAMILY = "x-forwarded-";

    private final Set<String> hopByHop;

    /** @param hopByHop names in lower case that end at this hop (RFC 9110 section 7.6.1), beside those that {@code Connection} names */
    TierHeaders(Set<String> hopByHop) {
        this.hopByHop = Set.copyOf(hopByHop);
    }

    /** What leaves towards the tier: nothing of the caller's credentials, and the route's own. */
    HttpHeaders request(HttpHeaders received, ProcuraRoute route, OutboundCredential credential, String via) {
        HttpHeaders outbound = new DefaultHttpHeaders();
        Set<String> named = named(received);
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = received.iteratorCharSequence(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = header.getKey().toString();
            String lower = name.toLowerCase(Locale.ROOT);
            if (!endsHere(lower, named) && !isForwarded(lower) && !HeaderHygiene.isTheCallersOwn(lower)) {
                outbound.add(name, header.getValue());
            }
        }
        if (!route.cookies().isEmpty()) {
            HeaderHygiene.passing(received.getAll(HttpHeaderNames.COOKIE), route.cookies())
                    .ifPresent(cookies -> outbound.set(HttpHeaderNames.COOKIE, cookies));
        }
        HeaderHygiene.values(credential).forEach(outbound::set);
        outbound.set(HttpHeaderNames.VIA, via);
        // The client sets the tier's.
        outbound.remove(HttpHeaderNames.HOST);
        AbsentHeaders.mark(outbound);
        return outbound;
    }

    /** What the caller gets of the tier's. */
    void answer(HttpHeaders fromTier, HttpHeaders toCaller) {
        Set<String> named = named(fromTier);
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = fromTier.iteratorCharSequence(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (!endsHere(header.getKey().toString().toLowerCase(Locale.ROOT), named)) {
                toCaller.add(header.getKey(), header.getValue());
            }
        }
        if (toCaller.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            toCaller.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
    }

    private boolean endsHere(String lower, Set<String> named) {
        return hopByHop.contains(lower) || named.contains(lower);
    }

    private static boolean isForwarded(String lower) {
        return lower.equals(FORWARDED) || lower.startsWith(FORWARDED_FAMILY);
    }

    /** The headers that {@code Connection} makes hop-by-hop. */
    private static Set<String> named(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return Set.of();
        }
        List<String> lines = headers.getAll(HttpHeaderNames.CONNECTION);
        return lines.stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }
}
