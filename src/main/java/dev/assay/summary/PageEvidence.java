package dev.assay.summary;

import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Library;
import dev.assay.summary.Conclusion.NodeIdentity;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was measured, by what, and how to check that the evidence is as it was left. */
final class PageEvidence {
    private static final String PCI = "pciBusId";
    private static final long MEBIBYTE = 1L << 20;

    private final Conclusion conclusion;

    PageEvidence(Conclusion conclusion) {
        this.conclusion = conclusion;
    }

    void onto(Page page) {
        page.markup("<section class=\"sheet\">\n");
        fleet(page);
        devices(page);
        libraries(page);
        jobs(page);
        if (PageCover.attemptsShortened(conclusion)) {
            page.heading("All attempts before this one");
            PageCover.attemptTable(page, conclusion.attemptsBefore());
        }
        verification(page);
        page.markup("</section>\n");
    }

    private void fleet(Page page) {
        page.heading("Identity");
        if (conclusion.gpusSeen() == 0) {
            page.element("p", "No node left its identity.");
            return;
        }
        page.open("dl", "facts");
        page.fact("Model", tally(DeviceIdentity::model));
        page.fact("Driver", tally(DeviceIdentity::driver));
        page.fact("Memory", tally(d -> Words.exact(Math.rint((double) d.memoryBytes() / MEBIBYTE)) + " MiB"));
        page.fact(
                "SMs, capability",
                tally(d -> d.multiprocessors() + " SMs"
                        + (d.computeCapability().isEmpty() ? "" : ", " + d.computeCapability())));
        page.fact("Highest SM clock", tally(d -> Words.exact(d.maxSmClockMhz()) + " MHz"));
        Map<String, String> facts = new TreeMap<>();
        all().forEach(device -> device.facts().keySet().forEach(key -> facts.put(key, key)));
        facts.remove(PCI);
        facts.keySet().stream().filter(this::sharedByMany).forEach(key -> page.fact(key, tally(d -> fact(d, key))));
        page.close("dl");
    }

    /** A fact with a value of its own on most GPUs, is no fact of the fleet. */
    private boolean sharedByMany(String key) {
        long distinct =
                all().stream().map(device -> fact(device, key)).distinct().count();
        return distinct == 1 || distinct * 4 <= all().size();
    }

    private static String fact(DeviceIdentity device, String key) {
        return device.facts().getOrDefault(key, "not told");
    }

    private String tally(Function<DeviceIdentity, String> property) {
        Map<String, Long> counts =
                all().stream().collect(Collectors.groupingBy(property, TreeMap::new, Collectors.counting()));
        if (counts.size() == 1) {
            return counts.keySet().iterator().next() + (all().size() > 1 ? " (all " + all().size() + ")" : "");
        }
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .collect(Collectors.joining("; "));
    }

    private List<DeviceIdentity> all() {
        return conclusion.identity().stream()
                .flatMap(node -> node.devices().stream())
                .toList();
    }

    private void devices(Page page) {
        if (conclusion.gpusSeen() == 0) {
            return;
        }
        page.open("table", "plain small")
                .heads("Node", "#GPU", "Serial", "UUID", "PCI")
                .open("tbody", "");
        for (NodeIdentity node : conclusion.identity()) {
            page.markup("<tr class=\"node\"><th colspan=\"5\">").element("b", node.node());
            page.text(" · host " + node.host() + " · boot " + node.bootId()).markup("</th></tr>\n");
            for (int i = 0; i < node.devices().size(); i++) {
                DeviceIdentity device = node.devices().get(i);
                page.open("tr", "")
                        .element("td", "")
                        .element("td", "n", String.valueOf(i))
                        .element("td", "mono", device.serial())
                        .element("td", "mono", device.uuid())
                        .element("td", "mono", device.facts().getOrDefault(PCI, Words.NONE))
                        .close("tr");
            }
        }
        page.close("tbody").close("table");
    }

    private void libraries(Page page) {
        if (conclusion.libraries().isEmpty()) {
            return;
        }
        page.heading("Libraries as they were mapped");
        page.open("table", "plain small")
                .heads("Name", "Version", "Path", "SHA-256")
                .open("tbody", "");
        conclusion.libraries().stream()
                .sorted(Comparator.comparing(Library::name)
                        .thenComparing(Library::path)
                        .thenComparing(Library::sha256))
                .forEach(library -> page.open("tr", "")
                        .element("td", library.name())
                        .element("td", "w", library.version())
                        .element("td", "mono", library.path())
                        .element("td", "mono hash", library.sha256())
                        .close("tr"));
        page.close("tbody").close("table");
    }

    private void jobs(Page page) {
        if (conclusion.jobs().isEmpty()) {
            return;
        }
        page.heading("Jobs")
                .open("table", "plain small")
                .heads("Experiment", "#Slurm job", "State")
                .open("tbody", "");
        for (Conclusion.Job job : conclusion.jobs()) {
            page.open("tr", "")
                    .element("td", job.experiment())
                    .element("td", "n", job.id().orElse("local"))
                    .element(
                            "td",
                            job.state()
                                    + job.took()
                                            .map(took -> "; " + took.words())
                                            .orElse(""))
                    .close("tr");
        }
        page.close("tbody").close("table");
        if (!conclusion.durations().isEmpty()) {
            page.element("p", "Jobs: " + String.join("; ", conclusion.durations()) + ".");
        }
    }

    private void verification(Page page) {
        page.open("div", "keep").heading("How to verify");
        page.element(
                "p",
                "In the run folder, this compares every file of the evidence, this page among them, with the manifest that was"
                        + " written last:");
        page.element("pre", "sha256sum -c " + Manifest.NAME);
        page.element("p", "This judges the recorded results again and must give the same verdicts, bit for bit:");
        page.element("pre", "mvn verify -Drun=<the run folder>");
        page.element("p", "The run was started with:");
        page.element(
                "pre",
                conclusion.command().isEmpty() ? "mvn verify" : "mvn verify " + String.join(" ", conclusion.command()));
        page.close("div");
    }
}
