package dev.procura.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** Numbers of repeated measurements. */
final class Samples {

    private Samples() {}

    /** @throws IllegalArgumentException when there are none */
    static double median(double... values) {
        return percentile(50, values);
    }

    static <T> double median(Collection<T> measured, ToDoubleFunction<T> value) {
        return median(measured.stream().mapToDouble(value).toArray());
    }

    /**
     * By the nearest rank, the median of an even number in the middle between two.
     *
     * @param percent more than 0, at most 100
     */
    static double percentile(double percent, double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        if (percent == 50 && sorted.length % 2 == 0) {
            return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
        }
        return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
    }
}
