package dev.assay.measurement;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything one rank of one launch left, read from a complete file. */
public record RankResult(
        Header header,
        DeviceIdentity device,
        List<Measurement> measurements,
        List<Check> checks,
        List<Digest> digests,
        Optional<Failure> failure) {
    public RankResult {
        measurements = List.copyOf(measurements);
        checks = List.copyOf(checks);
        digests = List.copyOf(digests);
    }

    public Optional<Measurement> measurement(Metric metric) {
        return measurements.stream().filter(m -> m.metric() == metric).findFirst();
    }

    /** Those of a metric that were taken under all these conditions. */
    public List<Measurement> measurements(Metric metric, Map<String, String> conditions) {
        return measurements.stream()
                .filter(m -> m.metric() == metric && m.conditions().entrySet().containsAll(conditions.entrySet()))
                .toList();
    }

    /** How people name this GPU: node, local rank and UUID. */
    public String unit() {
        return header.node() + " GPU " + header.localRank() + " (" + device.uuid() + ")";
    }
}
