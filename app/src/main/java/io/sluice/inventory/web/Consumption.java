package io.sluice.inventory.web;

import io.sluice.inventory.StockReads;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.UUID;

/** Usage by bucket with its mean, standard deviation (of the population) and trend (slope of least squares). */
record Consumption(
        UUID partId,
        String bucket,
        List<StockReads.Bucket> buckets,
        BigDecimal mean,
        BigDecimal deviation,
        BigDecimal trend) {

    static Consumption of(UUID part, String bucket, List<StockReads.Bucket> buckets) {
        double[] issued = buckets.stream()
                .mapToDouble(it -> it.issued().toBigDecimal().doubleValue())
                .toArray();
        double mean = mean(issued);
        return new Consumption(
                part, bucket, buckets, rounded(mean), rounded(deviation(issued, mean)), rounded(slope(issued, mean)));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return values.length == 0 ? 0 : sum / values.length;
    }

    private static double deviation(double[] values, double mean) {
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return values.length == 0 ? 0 : Math.sqrt(squares / values.length);
    }

    /** Units per bucket and bucket. */
    private static double slope(double[] values, double mean) {
        double middle = (values.length - 1) / 2.0;
        double above = 0;
        double below = 0;
        for (int i = 0; i < values.length; i++) {
            above += (i - middle) * (values[i] - mean);
            below += (i - middle) * (i - middle);
        }
        return below == 0 ? 0 : above / below;
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(value, MathContext.DECIMAL64)
                .setScale(6, RoundingMode.HALF_EVEN)
                .stripTrailingZeros();
    }
}
