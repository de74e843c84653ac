package dev.assay.worker;

import dev.assay.cluster.DeviceKind;
import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPages;
import dev.assay.device.HostPlace;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unavailable;
import dev.assay.plan.Spec;
import dev.assay.workload.HostLink;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pinned copies between host and device. Every case has data of its own; after it all of the target is compared, so neither
 * poison nor the data of an earlier case can pass. Ranks of a host take turns, then all run together.
 */
final class HostLinkRunner implements Runner {
    private static final int SMALL_BYTES = 8;
    private static final int SMALL_COPIES = 100;

    /** Plain Java has no link to be seen. */
    private static final double WATCHED_REFERENCE = 0.02;

    private final RankContext context;
    private final HostLink link;
    private final Group host;
    private int cases;

    HostLinkRunner(RankContext context, HostLink link) {
        this.context = context;
        this.link = link;
        host = host(context);
    }

    /** Ranks whose host this is: of this rank's node, or all where several nodes' GPUs hang on this one host. */
    private static Group host(RankContext context) {
        Spec spec = context.spec();
        int perNode = spec.gpusPerNode();
        return spec.device() == DeviceKind.CUDA && spec.loopback()
                ? context.world().all()
                : new Group(context.world(), context.world().rank() / perNode * perNode, perNode);
    }

    @Override
    public boolean isWatchedThroughout() {
        return false;
    }

    @Override
    public void run() throws Exception {
        context.phase("prepare", 0);
        Device device = context.device();
        HostCopies copies = device.hostCopies();
        Stream in = context.owned().own(device.newStream());
        Stream out = context.owned().own(device.newStream());
        DeviceMemory source = context.owned().own(device.allocate(link.bytes()));
        DeviceMemory target = context.owned().own(device.allocate(link.bytes()));
        List<HostPlace> places = agreed(copies.places());
        tellWhyNoneIsFar(places);

        for (HostPlace place : places) {
            context.phase("measure " + place.name(), context.spec().measuredSeconds());
            try (PinnedMemory from = copies.allocate(link.bytes(), place);
                    PinnedMemory to = copies.allocate(link.bytes(), place)) {
                HostPages pages = copies.pages(from, place).and(copies.pages(to, place));
                HostLinkCopies work = new HostLinkCopies(device, link, copies, in, out, source, target, from, to);
                measure(work, place, pages);
                if (place.equals(places.get(0))) {
                    watch(work, place);
                }
            }
        }
    }

    /** A host of one node tells so by its near memory; where there are more, the reason stands in the place of the values. */
    private void tellWhyNoneIsFar(List<HostPlace> places) {
        boolean far = places.stream().anyMatch(place -> place.name().equals(HostPlace.FAR));
        String numa = places.get(0).numa();
        if (!far && !numa.equals(HostPlace.ONLY)) {
            String why = "far host memory was not measured: near is " + numa
                    + ", and not every rank of this host may run on another NUMA node; look at how the launcher binds"
                    + " ranks to CPUs";
            context.writer().write(new Unavailable(Map.of(Metric.HOST_BANDWIDTH, why)));
        }
    }

    /** Those that every rank of the host has, so that all take the same turns. */
    private List<HostPlace> agreed(List<HostPlace> mine) {
        byte[] names =
                String.join(",", mine.stream().map(HostPlace::name).toList()).getBytes(StandardCharsets.UTF_8);
        List<List<String>> all = host.allGather("places", names).stream()
                .map(bytes -> List.of(new String(bytes, StandardCharsets.UTF_8).split(",", -1)))
                .toList();
        return mine.stream()
                .filter(place -> all.stream().allMatch(theirs -> theirs.contains(place.name())))
                .toList();
    }

    private void measure(HostLinkCopies copies, HostPlace place, HostPages pages) {
        for (boolean alone : List.of(true, false)) {
            for (HostDirection direction : HostDirection.values()) {
                String load = alone ? "alone" : "all";
                long seed = Counter.hash(context.spec().seed(), 64 + cases++);
                copies.prepare(direction, seed, context.within(0));
                List<Piece> pieces = alone ? inTurns(copies, direction, place) : together(copies, direction, place);
                List<Double> rates = pieces.stream()
                        .map(piece -> copies.gigabytesPerSecond(direction, piece))
                        .toList();
                Map<String, String> conditions = conditions(direction, load, place, pages, link.bytes());
                write(Metric.HOST_BANDWIDTH, rates, pieces, conditions);
                check(direction, copies.countWrong(direction, seed));
                host.barrier("checked");
            }
        }
        for (HostDirection direction : List.of(HostDirection.H2D, HostDirection.D2H)) {
            List<Piece> pieces = copies.smallCopies(direction, SMALL_BYTES, SMALL_COPIES, context.within(0));
            List<Double> microseconds = pieces.stream()
                    .map(piece -> 1e3 * piece.milliseconds() / SMALL_COPIES)
                    .toList();
            write(Metric.HOST_LATENCY, microseconds, pieces, conditions(direction, "all", place, pages, SMALL_BYTES));
        }
    }

    /** After all that is timed, so that what telemetry asks of the driver disturbs none of it. */
    private void watch(HostLinkCopies copies, HostPlace place) throws Exception {
        double seconds = context.spec().device() == DeviceKind.CUDA ? HostLink.WATCHED_SECONDS : WATCHED_REFERENCE;
        context.phase("watch " + place.name(), seconds);
        Telemetry telemetry = context.owned().own(context.device().newTelemetry());
        host.barrier("watch");
        Telemetry.Window window = copies.watch(telemetry, seconds, context.owned(), context.within(seconds));
        TelemetryLines.write(context.writer(), window, seconds);
        host.barrier("watched");
    }

    private List<Piece> inTurns(HostLinkCopies copies, HostDirection direction, HostPlace place) {
        List<Piece> mine = List.of();
        for (int turn = 0; turn < host.size(); turn++) {
            host.barrier(place.name() + " " + direction.key() + " turn " + turn);
            if (turn == host.rank()) {
                mine = copies.run(direction, context.owned(), context.within(0));
            }
        }
        host.barrier(place.name() + " " + direction.key() + " all had their turn");
        return mine;
    }

    private List<Piece> together(HostLinkCopies copies, HostDirection direction, HostPlace place) {
        host.barrier(place.name() + " " + direction.key() + " together");
        return copies.run(direction, context.owned(), context.within(0));
    }

    private void write(Metric metric, List<Double> samples, List<Piece> pieces, Map<String, String> conditions) {
        context.writer().write(Measurement.of(metric, samples, conditions));
        context.writer().write(Enqueuing.of(metric, pieces, conditions));
    }

    private static Map<String, String> conditions(
            HostDirection direction, String load, HostPlace place, HostPages pages, long bytes) {
        Map<String, String> conditions = new LinkedHashMap<>(Map.of(
                "direction",
                direction.key(),
                "load",
                load,
                "place",
                place.name(),
                "numa",
                place.numa(),
                "bytes",
                Long.toString(bytes)));
        conditions.putAll(found(pages));
        return conditions;
    }

    /** A judge must not take memory for what it was asked to be, but is not. */
    private static Map<String, String> found(HostPages pages) {
        if (!pages.told()) {
            return Map.of("pagesUntold", pages.source());
        }
        return pages.misplaced()
                .map(why -> Map.of("pages", pages.words(), "misplaced", why))
                .orElse(Map.of("pages", pages.words()));
    }

    private void check(HostDirection direction, long wrong) {
        context.writer()
                .write(new Check(
                        "host-link." + direction.key(),
                        direction.ways() * (link.bytes() / Float.BYTES),
                        wrong,
                        wrong == 0 ? 0 : Double.MAX_VALUE,
                        "every element that arrived, against the generator"));
    }
}
