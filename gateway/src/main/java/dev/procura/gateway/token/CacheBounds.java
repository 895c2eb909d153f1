package dev.procura.gateway.token;

/**
 * How large a cache may grow. Both bounds hold at once.
 *
 * @param maxEntries number of entries
 * @param maxBytes estimated bytes of all entries together
 */
public record CacheBounds(long maxEntries, long maxBytes) {

    public CacheBounds {
        if (maxEntries < 1 || maxBytes < maxEntries) {
            throw new IllegalArgumentException("a cache holds at least one entry of one byte");
        }
        // Weights are ints: an even share must be one.
        maxBytes = Math.min(maxBytes, saturatedProduct(maxEntries, Integer.MAX_VALUE));
    }

    /**
     * The weight of an entry in a cache whose total weight is {@link #maxBytes}. None weighs less than an even share, so
     * that the number of entries stays within {@link #maxEntries} too.
     */
    public int weigh(long bytes) {
        long share = (maxBytes - 1) / maxEntries + 1;
        return (int) Math.min(Integer.MAX_VALUE, Math.max(bytes, share));
    }

    private static long saturatedProduct(long one, long other) {
        return one > Long.MAX_VALUE / other ? Long.MAX_VALUE : one * other;
    }
}
