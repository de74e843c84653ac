package dev.assay;

import static com.tngtech.archunit.core.importer.ImportOption.Predefined.DO_NOT_INCLUDE_TESTS;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The arrows of the figure in {@code dev.assay}'s package comment. */
class ArchitectureTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter().withImportOption(DO_NOT_INCLUDE_TESTS).importPackages("dev.assay");

    /**
     * Who may know whom. Driver and workers share files only: {@code job} and {@code run} do not know {@code worker}. Criteria
     * share the strict JSON reader of cluster files, and name workloads; DeepSpeed files share the form of its errors.
     */
    private static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            entry("measurement", Set.of()),
            entry("workload", Set.of("training")),
            entry("cluster", Set.of()),
            entry("training", Set.of()),
            entry("criteria", Set.of("cluster", "measurement", "workload")),
            entry("device", Set.of("measurement", "workload")),
            entry("host", Set.of("measurement")),
            entry("verdict", Set.of("criteria", "measurement")),
            entry("plan", Set.of("criteria", "cluster", "workload", "measurement", "deepspeed", "training")),
            entry("job", Set.of("plan", "cluster", "measurement")),
            entry("benchmark", Set.of("worker", "plan", "workload", "device", "measurement")),
            entry(
                    "worker",
                    Set.of("plan", "cluster", "workload", "device", "host", "measurement", "training", "trainer")),
            entry("summary", Set.of("verdict", "plan", "criteria", "cluster", "measurement")),
            entry("deepspeed", Set.of("training", "cluster")),
            entry("trainer", Set.of("training", "device", "workload", "measurement")));

    /** This one ties the others together. */
    private static final Set<String> TIES = Set.of("run");

    @Test
    void everyArrowIsInTheFigure() {
        List<String> strangers = MAIN.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(arrow -> isOurs(arrow.getTargetClass().getPackageName()))
                .filter(arrow -> !isAllowed(room(arrow.getOriginClass().getPackageName()), target(arrow)))
                .map(Dependency::getDescription)
                .sorted()
                .toList();

        assertThat(strangers).isEmpty();
    }

    @Test
    void everyRoomIsInTheFigure() {
        assertThat(MAIN)
                .filteredOn(type -> isOurs(type.getPackageName()))
                .extracting(type -> room(type.getPackageName()))
                .isNotEmpty()
                .allMatch(room -> MAY_KNOW.containsKey(room) || TIES.contains(room));
    }

    @Test
    void noCycles() {
        slices().matching("dev.assay.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void mainKnowsNoTestFramework() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "io.qameta..", "org.assertj..", "com.tngtech..")
                .check(MAIN);
    }

    /** JMH's licence is not ours, and it is not on a worker's class path. */
    @Test
    void onlyTheBenchmarksKnowJmh() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.assay.benchmark..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.openjdk.jmh..", "dev.assay.benchmark..")
                .check(MAIN);
        assertThat(MAIN.stream().filter(type -> type.getPackageName().startsWith("dev.assay.benchmark")))
                .as("the benchmarks are looked at")
                .isNotEmpty();
    }

    private static boolean isAllowed(String from, String to) {
        return switch (from) {
            case "run" -> !Set.of("worker", "benchmark").contains(to);
            default -> from.equals(to) || MAY_KNOW.getOrDefault(from, Set.of()).contains(to);
        };
    }

    private static String target(Dependency arrow) {
        return room(arrow.getTargetClass().getPackageName());
    }

    private static boolean isOurs(String packageName) {
        return packageName.startsWith("dev.assay.");
    }

    /** {@code cuda} is a room of {@code device}. */
    private static String room(String packageName) {
        return packageName.split("\\.", -1)[2];
    }
}
