package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPages;
import dev.assay.device.HostPlace;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.workload.HostLink;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLinkRunnerTest {
    private static final HostLink LINK = new HostLink(4096 + 16, 2, 3);

    @TempDir
    private Path folder;

    @Test
    void everyDirectionIsTimedAloneAndTogetherAndCheckedWhole() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 2, 2);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (HostDirection direction : HostDirection.values()) {
                for (String load : List.of("alone", "all")) {
                    List<Measurement> found = result.measurements(
                            Metric.HOST_BANDWIDTH,
                            Map.of("direction", direction.key(), "load", load, "place", "near", "numa", "only"));
                    assertThat(found).hasSize(1);
                    assertThat(found.get(0).samples()).hasSize(3).allMatch(gigabytes -> gigabytes > 0);
                }
                assertThat(result.checks())
                        .filteredOn(check -> check.name().equals("host-link." + direction.key()))
                        .hasSize(2)
                        .allMatch(check -> check.checked() == 1028L * direction.ways() && check.wrong() == 0);
            }
            assertThat(result.measurements(Metric.HOST_LATENCY, Map.of("place", "near")))
                    .hasSize(2);
        }
    }

    @Test
    void whatWasFoundOfThePagesStandsBesideEveryValue() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> new TwoSockets(environment)))
                .containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (Metric metric : List.of(Metric.HOST_BANDWIDTH, Metric.HOST_LATENCY)) {
                assertThat(result.measurements(metric, Map.of("place", "near")))
                        .isNotEmpty()
                        .allSatisfy(near -> assertThat(near.conditions())
                                .containsEntry("pages", "4 on node 0")
                                .doesNotContainKeys("misplaced", "pagesUntold"));
                assertThat(result.measurements(metric, Map.of("place", "far")))
                        .isNotEmpty()
                        .allSatisfy(far -> assertThat(far.conditions())
                                .containsEntry("pages", "2 on node 0, 2 on node 1")
                                .hasEntrySatisfying(
                                        "misplaced",
                                        why -> assertThat(why).contains("were to lie on node 1 lie elsewhere")));
            }
        }
    }

    @Test
    void pagesThatNobodyTellsOfAreSaidToBeSo() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 1, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.results().get(0).measurements(Metric.HOST_BANDWIDTH, Map.of()))
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.conditions())
                        .doesNotContainKeys("pages", "misplaced")
                        .hasEntrySatisfying(
                                "pagesUntold", why -> assertThat(why).contains("Java's heap")));
    }

    @Test
    void theLinkIsWatchedAtWorkAfterAllThatIsTimedOfNearMemory() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> new TwoSockets(environment)))
                .containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            List<Measurement> all = result.measurements();
            List<Measurement> watched = result.measurements(Metric.PCIE_GENERATION, Map.of());
            assertThat(watched).hasSize(1);
            assertThat(watched.get(0).samples()).containsExactly(5.0, 5.0);
            assertThat(all.subList(all.indexOf(watched.get(0)), all.size()))
                    .noneMatch(each -> each.conditions().containsValue("near")
                            && each.conditions().containsKey("numa"));
        }
    }

    /** A host of two NUMA nodes; far memory was to lie on node 1, and half of it does. */
    private static final class TwoSockets extends DelegatingDevice {
        TwoSockets(RankEnvironment environment) {
            super(new ReferenceDevice(environment.node(), environment.localRank()));
        }

        @Override
        public Telemetry newTelemetry() {
            return new Telemetry() {
                @Override
                public void begin() {}

                @Override
                public Window end() {
                    return new Window(
                            List.of(Measurement.of(Metric.PCIE_GENERATION, 5, 5)),
                            dev.assay.measurement.Telemetry.none("a fake"),
                            0.02);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public HostCopies hostCopies() {
            return new Copies(super.hostCopies());
        }

        private record Copies(HostCopies copies) implements HostCopies {
            @Override
            public List<HostPlace> places() {
                return List.of(new HostPlace("near", "node 0, the GPU's"), new HostPlace("far", "node 1"));
            }

            @Override
            public PinnedMemory allocate(long bytes, HostPlace place) {
                return copies.allocate(bytes, place);
            }

            @Override
            public HostPages pages(PinnedMemory memory, HostPlace place) {
                return place.name().equals("near")
                        ? new HostPages(Map.of(0, 2L), Optional.of(0), "a fake")
                        : new HostPages(Map.of(0, 1L, 1, 1L), Optional.of(1), "a fake");
            }

            @Override
            public void copyIn(PinnedMemory from, DeviceMemory to, long bytes, Stream stream) {
                copies.copyIn(from, to, bytes, stream);
            }

            @Override
            public void copyOut(DeviceMemory from, PinnedMemory to, long bytes, Stream stream) {
                copies.copyOut(from, to, bytes, stream);
            }
        }
    }

    @Test
    void aCopyThatLosesBytesIsFound() throws Exception {
        Ranks ranks = Ranks.of(folder, LINK, LaunchRole.LOAD, 1, 2);

        assertThat(ranks.run((spec, environment) -> LossyDevice.losing(environment)))
                .containsOnly(Worker.DONE);

        assertThat(ranks.results())
                .allSatisfy(result -> assertThat(result.checks())
                        .filteredOn(check -> check.name().startsWith("host-link."))
                        .hasSize(6)
                        .allMatch(check -> check.wrong() > 0));
    }
}
