package dev.assay.summary;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.LauncherKind;
import dev.assay.cluster.Nics;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Telemetry;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.summary.Charts.Dot;
import dev.assay.summary.Charts.Link;
import dev.assay.summary.Charts.Rate;
import dev.assay.summary.Charts.ScalePoint;
import dev.assay.summary.Charts.Series;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.Decision;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/** Conclusions to show: a rejected 8 × 8 H200 cluster, the embedded default, and a hostile one. Figures are made up. */
final class Samples {
    private static final Criterion CORRECT = criterion(
            "gemm-correct",
            "Wrong elements",
            "burn",
            Metric.WRONG_ELEMENTS,
            new Limit.AtMost(0),
            Double.NaN,
            "a wrong result is never accepted");

    private static final Criterion SAME = criterion(
            "gemm-same",
            "Same result on every GPU",
            "burn",
            Metric.DISTINCT_RESULTS,
            new Limit.Equal(1),
            Double.NaN,
            "same seed, same algorithm");

    private Samples() {}

    static Conclusion h200Rejected() {
        List<String> nodes =
                List.of("node001", "node002", "node003", "node004", "node005", "node006", "node007", "node009");
        Cluster cluster = cluster("spectrumx-h200", LauncherKind.SLURM, DeviceKind.CUDA, nodes, 8, "h200-sxm");
        List<Verdict> verdicts = new ArrayList<>();
        for (int n : List.of(2, 4, 8)) {
            verdicts.addAll(h200(n));
        }
        List<Conclusion.NodeIdentity> identity = new ArrayList<>();
        for (String node : nodes) {
            List<DeviceIdentity> devices = new ArrayList<>();
            for (int gpu = 0; gpu < 8; gpu++) {
                devices.add(h200(node, gpu));
            }
            identity.add(new Conclusion.NodeIdentity(node, node + ".cluster.example", uuid(node.hashCode()), devices));
        }
        return new Conclusion(
                "20261122-101502-4f1c",
                "2026-11-22T10:15:02Z",
                "0.1.0",
                new Conclusion.Hashes(hash(1), hash(2), hash(3), hash(4)),
                List.of("-Dcluster=spectrumx-h200", "-Dnodes=2,4,8", "-Dduration=600"),
                plan(cluster, verdicts, List.of(2, 4, 8), 600, true),
                Decision.REJECTED,
                "1 of 24 criteria failed: node005 GPU 3 sustains 612 TFLOPS where 630 are asked for.",
                verdicts,
                identity,
                List.of(
                        new Library("libnccl.so.2", "/usr/lib/x86_64-linux-gnu/libnccl.so.2.28.9", "2.28.9", hash(11)),
                        new Library(
                                "libcublasLt.so.13",
                                "/usr/local/cuda/lib64/libcublasLt.so.13.1.0.3",
                                "13.1.0",
                                hash(12)),
                        new Library(
                                "libnvidia-ml.so.1",
                                "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.580.159.04",
                                "13.580.159.04",
                                hash(13)),
                        new Library("libnvrtc.so.13", "/usr/local/cuda/lib64/libnvrtc.so.13.0.88", "13.0", hash(14))),
                List.of(
                        attempt(
                                "20261120-161200-02ab",
                                "2026-11-20T16:12:00Z",
                                Attempt.ABORTED,
                                "began and never concluded"),
                        attempt(
                                "20261121-090417-7be0",
                                "2026-11-21T09:04:17Z",
                                "INCONCLUSIVE",
                                "node007 lost its job: NODE_FAIL")),
                List.of(
                        "Storage, the management network and power delivery at full cluster load over days.",
                        "The fabric for traffic other than all-reduce; all-to-all is not measured.",
                        "Node 008, which the cluster file does not name."),
                List.of(
                        new Conclusion.Job("burn", Optional.of("48121"), "COMPLETED in 43 min"),
                        new Conclusion.Job("coupled", Optional.of("48122"), "COMPLETED in 1 h 52 min")),
                Optional.empty(),
                List.of("GPUs of node002 ran up to 6 K hotter than the median of the fleet."),
                List.of("target/assay/summary.html", "target/allure-report/index.html"));
    }

    private static List<Verdict> h200(int nodes) {
        boolean all = nodes == 8;
        Coverage gpus = new Coverage(nodes * 8, nodes * 8, "GPUs");
        Coverage launches = new Coverage(5, 5, "launches");
        String sick = "node005 GPU 3 (" + gpuUuid("node005", 3) + ")";
        String fine = "node002 GPU 6 (" + gpuUuid("node002", 6) + ")";
        Criterion sustained = criterion(
                "gemm-sustained",
                "Sustained bf16 GEMM",
                "burn",
                Metric.GEMM_TFLOPS,
                new Limit.AtLeast(630),
                948.2,
                "0.956 × the 659 TFLOPS that PyTorch sustains on an H200 at 700 W");
        return List.of(
                verdict(
                        criterion(
                                "gpu-utilisation",
                                "GPU utilisation",
                                "burn",
                                Metric.SM_ACTIVE,
                                new Limit.AtLeast(90),
                                100,
                                "contract, section 4.1"),
                        nodes,
                        8,
                        State.PASS,
                        97.12 - nodes * 0.01,
                        0.8,
                        fine,
                        7.1,
                        gpus,
                        "Lowest whole second: 94.6 %",
                        "Tensor active 71.9 %, DRAM active 23.4 %, occupancy 12.5 %"),
                verdict(
                        all ? site(sustained) : sustained,
                        nodes,
                        8,
                        all ? State.FAIL : State.PASS,
                        all ? 612.4 : 648.3,
                        all ? 7.2 : 1.9,
                        all ? sick : fine,
                        all ? -17.6 : 18.3,
                        gpus,
                        all
                                ? "Outliers by median absolute deviation: " + sick
                                        + " 612.4 TFLOPS, 12.9 robust σ below the median 656.1"
                                : "Median 656.4 TFLOPS, highest 661.0"),
                verdict(
                        criterion(
                                "load-proof",
                                "Load proof",
                                "burn",
                                Metric.LOAD_RATIO,
                                new Limit.Within(0.84, 0.96),
                                Double.NaN,
                                "measured 0.89–0.91 on H200 over shapes and precisions"),
                        nodes,
                        8,
                        State.PASS,
                        0.893,
                        1.4,
                        fine,
                        0.053,
                        gpus),
                verdict(
                        criterion(
                                "power-limit",
                                "Enforced power limit",
                                "burn",
                                Metric.POWER_LIMIT,
                                new Limit.Equal(700),
                                Double.NaN,
                                "datasheet, HGX H200"),
                        nodes,
                        8,
                        State.PASS,
                        700,
                        0,
                        fine,
                        0,
                        gpus),
                verdict(CORRECT, nodes, 8, State.PASS, 0, Double.NaN, "", 0, gpus),
                verdict(SAME, nodes, 8, State.PASS, 1, Double.NaN, "", 0, gpus),
                based(verdict(
                        criterion(
                                "scale-efficiency",
                                "Weak scale efficiency",
                                "coupled",
                                Metric.SCALE_EFFICIENCY,
                                new Limit.AtLeast(95),
                                102,
                                "contract, section 4.2"),
                        nodes,
                        8,
                        State.PASS,
                        98.31 - nodes * 0.29,
                        0.6,
                        "",
                        3.3 - nodes * 0.29,
                        launches,
                        "Straggler 1.2 %, communication " + String.format(Locale.ROOT, "%.1f", 0.3 + nodes * 0.2)
                                + " %",
                        "95 % interval over 5 launches: "
                                + String.format(Locale.ROOT, "%.1f … %.1f", 97.7 - nodes * 0.29, 98.9 - nodes * 0.29)
                                + " %")),
                verdict(
                        criterion(
                                "scale-throughput",
                                "Step throughput per GPU",
                                "coupled",
                                Metric.STEP_TFLOPS,
                                new Limit.AtLeast(560),
                                948.2,
                                "0.85 × sustained bf16"),
                        nodes,
                        8,
                        State.PASS,
                        631.2 - nodes,
                        1.1,
                        "node005",
                        71.2 - nodes,
                        launches));
    }

    static Conclusion embeddedOk() {
        Cluster cluster = cluster(
                "embedded", LauncherKind.LOCAL, DeviceKind.REFERENCE, List.of("local-1", "local-2"), 1, "reference");
        Coverage gpus = new Coverage(2, 2, "GPUs");
        List<Verdict> verdicts = List.of(
                verdict(
                        Fleet.shown(criterion(
                                "gpu-utilisation",
                                "GPU utilisation",
                                "burn",
                                Metric.SM_ACTIVE,
                                new Limit.AtLeast(90),
                                100,
                                "contract")),
                        2,
                        1,
                        State.NOT_APPLICABLE,
                        Double.NaN,
                        Double.NaN,
                        "",
                        Double.NaN,
                        new Coverage(0, 2, "GPUs")),
                verdict(CORRECT, 2, 1, State.PASS, 0, Double.NaN, "", 0, gpus),
                verdict(SAME, 2, 1, State.PASS, 1, Double.NaN, "", 0, gpus),
                verdict(
                        Fleet.shown(criterion(
                                "scale-efficiency",
                                "Weak scale efficiency",
                                "coupled",
                                Metric.SCALE_EFFICIENCY,
                                new Limit.AtLeast(95),
                                102,
                                "contract")),
                        2,
                        1,
                        State.NOT_APPLICABLE,
                        71.4,
                        9.1,
                        "local-2",
                        Double.NaN,
                        new Coverage(5, 5, "launches")),
                verdict(
                        criterion(
                                "step-bytes",
                                "Gradient bytes per step",
                                "coupled",
                                Metric.STEP_BYTES,
                                new Limit.Equal(1048576),
                                Double.NaN,
                                "spec of the workload"),
                        2,
                        1,
                        State.PASS,
                        1048576,
                        0,
                        "local-1 GPU 0",
                        0,
                        gpus));
        List<Conclusion.NodeIdentity> identity = new ArrayList<>();
        for (String node : cluster.nodes()) {
            identity.add(new Conclusion.NodeIdentity(
                    node,
                    "builder",
                    uuid(7),
                    List.of(new DeviceIdentity(
                            "reference",
                            "Reference device",
                            "REF-" + node,
                            "none",
                            "Java 17.0.15",
                            256L << 20,
                            1,
                            "",
                            0,
                            List.of(),
                            Map.of()))));
        }
        return new Conclusion(
                "20261122-101502-4f1c",
                "2026-11-22T10:15:02Z",
                "0.1.0",
                new Conclusion.Hashes(hash(1), hash(2), hash(3), hash(4)),
                List.of(),
                plan(cluster, verdicts, List.of(2), 2, true),
                Decision.SUITE_OK,
                "This proves the suite, not a cluster: the work ran on the reference device in plain Java.",
                verdicts,
                identity,
                List.of(),
                List.of(),
                List.of("Any hardware: no GPU, no fabric and no scheduler took part."),
                List.of(
                        new Conclusion.Job("burn", Optional.empty(), "ended"),
                        new Conclusion.Job("coupled", Optional.empty(), "ended")),
                Optional.empty(),
                List.of(),
                List.of("target/assay/summary.html"));
    }

    /** Every string that can come from outside is this one. */
    static Conclusion hostile(String evil) {
        Cluster cluster = cluster(evil, LauncherKind.SLURM, DeviceKind.CUDA, List.of(evil), 1, evil);
        Criterion criterion = Fleet.with(
                Fleet.criterion(evil, evil, Metric.GEMM_TFLOPS, Statistic.MEAN, new Limit.AtLeast(1), evil), c -> {
                    c.source = evil;
                    c.siteLimit = Optional.of(new Criterion.SiteLimit(new Limit.AtLeast(2), evil));
                });
        Verdict verdict = new Verdict(
                evil,
                criterion,
                1,
                1,
                evil,
                State.FAIL,
                evil,
                OptionalDouble.of(Double.NaN),
                OptionalDouble.empty(),
                Optional.of(evil),
                OptionalDouble.empty(),
                Optional.of(evil),
                new Coverage(0, 1, evil),
                List.of(evil));
        DeviceIdentity device = new DeviceIdentity(
                evil, evil, evil, evil, evil, 1, 1, evil, 1, List.of(), Map.of("pciBusId", evil, evil, evil));
        return new Conclusion(
                evil,
                evil,
                evil,
                new Conclusion.Hashes(evil, evil, evil, evil),
                List.of(evil),
                new Plan(
                        cluster,
                        model(evil),
                        List.of(1),
                        1,
                        List.of(),
                        List.of(),
                        List.of(new Row(criterion, 1, 1, evil, evil)),
                        1,
                        List.of(evil),
                        List.of(evil),
                        Optional.empty()),
                Decision.REJECTED,
                evil,
                List.of(verdict),
                List.of(new Conclusion.NodeIdentity(evil, evil, evil, List.of(device))),
                List.of(new Library(evil, evil, evil, evil)),
                List.of(new Attempt(evil, evil, evil, List.of(1), evil, evil)),
                List.of(evil),
                List.of(new Conclusion.Job(evil, Optional.of(evil), evil)),
                Optional.of(evil),
                List.of(evil),
                List.of(evil));
    }

    /** Verdicts with other states, one a state; keys k0@1, k1@1, … */
    static Conclusion withStates(Decision decision, DeviceKind device, boolean whole, boolean shared, State... states) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < states.length; i++) {
            verdicts.add(verdict(
                    criterion(
                            "k" + i,
                            "Criterion " + i,
                            "burn",
                            Metric.GEMM_TFLOPS,
                            new Limit.AtLeast(1),
                            Double.NaN,
                            "test"),
                    1,
                    1,
                    states[i],
                    2,
                    0,
                    "",
                    1,
                    new Coverage(1, 1, "GPUs")));
        }
        Cluster plain = cluster("c", LauncherKind.LOCAL, device, List.of("a"), 1, "m");
        Cluster cluster = new Cluster(
                plain.name(),
                plain.launcher(),
                device,
                whole ? List.of("a") : List.of("a", "b"),
                1,
                "m",
                plain.nics(),
                shared,
                plain.slurm(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                List.of());
        return new Conclusion(
                "run-1",
                "2026-11-22T10:15:02Z",
                "0.1.0",
                new Conclusion.Hashes(hash(1), hash(2), hash(3), hash(4)),
                List.of(),
                plan(cluster, verdicts, List.of(1), 1, whole),
                decision,
                "For a test.",
                verdicts,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    static List<Chart> charts() {
        return List.of(
                Charts.telemetry(
                        "GPU utilisation, power and clock over time · 8 nodes × 8 GPUs",
                        series(64, 600, 480),
                        Map.of(Metric.SM_ACTIVE, 90.0, Metric.POWER, 700.0),
                        "experiments/burn/load-8/rank-*.ndjson"),
                Charts.telemetry(
                        "The same, node005 alone",
                        series(64, 600, 480).subList(32, 40),
                        Map.of(Metric.SM_ACTIVE, 90.0, Metric.POWER, 700.0),
                        "experiments/burn/load-8/rank-*.ndjson"),
                Charts.scaling(
                        "Throughput over nodes against ideal · coupled",
                        List.of(
                                new ScalePoint(1, 5124, 5098, 5150),
                                new ScalePoint(2, 10015, 9955, 10075),
                                new ScalePoint(4, 19910, 19780, 20040),
                                new ScalePoint(8, 39350, 39100, 39590)),
                        "TFLOPS",
                        OptionalDouble.of(95),
                        "experiments/coupled/*/rank-*.ndjson"),
                Charts.spread(
                        "Sustained bf16 GEMM, one dot a GPU · 8 nodes × 8 GPUs",
                        dots(64),
                        Metric.GEMM_TFLOPS.unit(),
                        OptionalDouble.of(630),
                        "experiments/burn/load-8/rank-*.ndjson"));
    }

    /** As many GEMMs as the built-in criteria judge, at about the rates of an H200. */
    static List<Rate> rates() {
        double bf16 = 989.4;
        return List.of(
                rate("bf16", "8192x8192x8192", "burst", 2731, 799.5, bf16),
                rate("fp16", "8192x8192x8192", "burst", 2731, 764.9, bf16),
                rate("fp8-e4m3", "8192x8192x8192", "burst", 4096, 1514.2, 2 * bf16),
                rate("tf32", "8192x8192x8192", "burst", 1365, 413.2, bf16 / 2),
                rate("fp32", "8192x8192x8192", "burst", 1365, 51.2, bf16 / 16),
                rate("fp64", "8192x8192x8192", "burst", 683, 55.6, bf16 / 16),
                rate("fp8-e5m2", "8192x8192x8192", "burst", 4096, 1240, 2 * bf16),
                rate("int8", "8192x8192x8192", "burst", 2731, 1390, 2 * bf16),
                rate("bf16", "4096x4096x4096", "burst", 1365, 702.3, bf16),
                rate("bf16", "16384x16384x16384", "burst", 5461, 720.9, bf16),
                rate("bf16", "32768x11008x4096", "burst", 2735, 816, bf16),
                rate("fp8-e4m3", "32768x11008x4096", "burst", 3755, 1571.1, 2 * bf16),
                rate("bf16", "16384x13824x5120", "burst", 3054, 811.4, bf16),
                rate("fp8-e4m3", "16384x13824x5120", "burst", 4371, 1549.7, 2 * bf16),
                rate("bf16", "4096x28672x8192", "burst", 2493, 796.1, bf16),
                rate("fp8-e4m3", "4096x28672x8192", "burst", 3337, 1509.6, 2 * bf16),
                rate("bf16", "8192x4096x16384", "finder", 2341, 823.3, bf16),
                rate("bf16", "8192x8192x8192", "sustained", 2731, 671.1, bf16),
                rate("fp8-e4m3", "8192x8192x8192", "sustained", 4096, 1290.6, 2 * bf16));
    }

    private static Rate rate(
            String precision, String shape, String mode, double intensity, double median, double peak) {
        boolean sick = mode.equals("sustained");
        double worst = sick ? 0.7 * median : Math.rint(9.98 * median) / 10;
        return new Rate(precision, shape, mode, intensity, median, worst, "node001 GPU 3", 8, peak);
    }

    static List<Dot> dots(int gpus) {
        Random random = new Random(3);
        List<Dot> dots = new ArrayList<>();
        for (int i = 0; i < gpus; i++) {
            double value = i == 35 ? 612.4 : 656 + random.nextGaussian() * 3;
            dots.add(new Dot("node" + String.format(Locale.ROOT, "%03d", 1 + i / 8) + " GPU " + i % 8, value));
        }
        return dots;
    }

    /** All ordered pairs of every node; where node001 has GPU 1 and 2, one link of it is slow one way. */
    static List<Link> links(int nodes, int gpus) {
        Random random = new Random(4);
        List<Link> links = new ArrayList<>();
        for (int node = 1; node <= nodes; node++) {
            for (int from = 0; from < gpus; from++) {
                for (int to = 0; to < gpus; to++) {
                    double value = node == 1 && from == 2 && to == 1 ? 201.3 : 393 + random.nextGaussian();
                    if (from != to) {
                        links.add(new Link("node" + String.format(Locale.ROOT, "%03d", node), from, to, value));
                    }
                }
            }
        }
        return links;
    }

    static List<Series> series(int gpus, double seconds, int ticks) {
        Random random = new Random(2);
        List<Series> all = new ArrayList<>();
        for (int gpu = 0; gpu < gpus; gpu++) {
            boolean sick = gpu == 35;
            List<Double> times = new ArrayList<>();
            List<Double> active = new ArrayList<>();
            List<Double> power = new ArrayList<>();
            List<Double> clock = new ArrayList<>();
            List<Double> heat = new ArrayList<>();
            for (int i = 0; i < ticks; i++) {
                double t = seconds * i / ticks;
                times.add(t);
                active.add(Math.min(100, 97.2 + random.nextGaussian() * 0.4 - (i % 400 == 399 ? 3 : 0)));
                power.add(Math.min(702, 695 + random.nextGaussian() * 4 - (sick ? 30 : 0)));
                clock.add(1470 - 60 * (1 - Math.exp(-t / 60)) + random.nextGaussian() * 12 - (sick ? 90 : 0));
                heat.add((double) Math.round(42 + 24 * (1 - Math.exp(-t / 90)) + gpu % 8 * 0.6 + (sick ? 12 : 0)));
            }
            all.add(new Series(
                    "node" + String.format(Locale.ROOT, "%03d", 1 + gpu / 8) + " GPU " + gpu % 8,
                    new Telemetry(
                            times,
                            Map.of(
                                    Metric.SM_ACTIVE,
                                    active,
                                    Metric.POWER,
                                    power,
                                    Metric.SM_CLOCK,
                                    clock,
                                    Metric.TEMPERATURE,
                                    heat),
                            Map.of())));
        }
        return all;
    }

    private static Plan plan(
            Cluster cluster, List<Verdict> verdicts, List<Integer> counts, double seconds, boolean whole) {
        return new Plan(
                cluster,
                model(cluster.gpuModel().equals("h200-sxm") ? "NVIDIA H200" : cluster.gpuModel()),
                counts,
                seconds,
                List.of(),
                List.of(),
                verdicts.stream()
                        .map(v -> new Row(
                                v.criterion(),
                                v.nodes(),
                                v.gpusPerNode(),
                                v.criterion().workload(),
                                v.title()))
                        .toList(),
                87.5,
                List.of(
                        "Every GPU named under Identity keeps at least 90 % of its SM cycles busy under a sustained bf16 GEMM load.",
                        "The named nodes train data-parallel at ≥ 95 % of their own single-node throughput per node."),
                whole ? List.of() : List.of("Nodes that did not run."),
                Optional.empty());
    }

    private static GpuModel model(String name) {
        return new GpuModel(
                name,
                name,
                132,
                143771,
                989.4,
                1830,
                4096,
                659,
                OptionalDouble.of(700),
                329,
                List.of(),
                Optional.empty(),
                OptionalDouble.of(4800));
    }

    private static Cluster cluster(
            String name, LauncherKind launcher, DeviceKind device, List<String> nodes, int gpus, String model) {
        return new Cluster(
                name,
                launcher,
                device,
                nodes,
                gpus,
                model,
                new Nics(2, 400),
                false,
                Optional.empty(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    static Criterion criterion(
            String id, String title, String workload, Metric metric, Limit limit, double ceiling, String source) {
        return Fleet.with(Fleet.criterion(id, workload, metric, Statistic.MEAN, limit), c -> {
            c.title = title;
            c.ceiling = optional(ceiling);
            c.source = source;
        });
    }

    private static Criterion site(Criterion criterion) {
        return Fleet.with(
                criterion,
                c -> c.siteLimit = Optional.of(new Criterion.SiteLimit(
                        new Limit.AtLeast(640), "the contract names 630 TFLOPS at an inlet of 27 °C")));
    }

    static Verdict verdict(
            Criterion criterion,
            int nodes,
            int gpus,
            State state,
            double value,
            double spread,
            String worst,
            double margin,
            Coverage coverage,
            String... details) {
        String title = criterion.title() + " " + Words.limit(criterion.limit(), criterion.unit()) + " · "
                + Words.count(nodes, "node") + " × " + Words.count(gpus, "GPU");
        String sentence = switch (state) {
            case FAIL ->
                worst + " reached " + value + " " + criterion.unit().symbol() + ", "
                        + Words.limit(criterion.limit(), criterion.unit())
                        + " is asked for: compare its clock and temperature with its neighbours'.";
            case PASS -> "limit met.";
            case NOT_APPLICABLE -> "Shown, not judged: the reference device has no counters and shares two cores.";
            case INCONCLUSIVE, INVALID, NOT_RUN -> "nothing can be said.";
        };
        return new Verdict(
                criterion.id() + "@" + nodes,
                criterion,
                nodes,
                gpus,
                title,
                state,
                sentence,
                optional(value),
                optional(spread),
                worst.isEmpty() ? Optional.empty() : Optional.of(worst),
                optional(margin),
                Optional.empty(),
                coverage,
                List.of(details));
    }

    private static Verdict based(Verdict v) {
        return new Verdict(
                v.key(),
                v.criterion(),
                v.nodes(),
                v.gpusPerNode(),
                v.title(),
                v.state(),
                v.sentence(),
                v.value(),
                v.spread(),
                v.worstUnit(),
                v.margin(),
                Optional.of("the nodes' own 1-node throughput, 5121 TFLOPS, interleaved in the same allocation"),
                v.coverage(),
                v.details());
    }

    private static DeviceIdentity h200(String node, int gpu) {
        return new DeviceIdentity(
                "cuda",
                "NVIDIA H200",
                gpuUuid(node, gpu),
                "16530241" + Math.floorMod(node.hashCode() * 8 + gpu, 90000),
                "580.159.04",
                143771L << 20,
                132,
                "9.0",
                1980,
                List.of(),
                Map.of(
                        "vbios",
                        "96.00.CF.00.01",
                        "persistenceMode",
                        "enabled",
                        "pciBusId",
                        "00000000:" + Integer.toHexString(0x18 + gpu * 0x1b) + ":00.0"));
    }

    private static String gpuUuid(String node, int gpu) {
        return "GPU-" + uuid(node.hashCode() * 31L + gpu);
    }

    private static String uuid(long seed) {
        return new java.util.UUID(new Random(seed).nextLong(), new Random(seed + 1).nextLong()).toString();
    }

    private static Attempt attempt(String run, String at, String outcome, String reason) {
        return new Attempt(run, at, "spectrumx-h200", List.of(2, 4, 8), outcome, reason);
    }

    static String hash(long seed) {
        Random random = new Random(seed);
        StringBuilder hex = new StringBuilder();
        while (hex.length() < 64) {
            hex.append(Integer.toHexString(random.nextInt(16)));
        }
        return hex.toString();
    }

    private static OptionalDouble optional(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
