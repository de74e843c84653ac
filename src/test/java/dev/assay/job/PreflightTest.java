package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.plan.Experiment;
import dev.assay.plan.Plan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PreflightTest {
    private String config = SlurmTextTest.captured("config.txt").replaceAll("ClusterName +=.*", "ClusterName = box");
    private String partition = SlurmTextTest.captured("partition.txt");
    private String nodes = SlurmTextTest.captured("sinfo.txt");
    private boolean answers = true;

    private final SlurmCommands slurm = (program, arguments, input) -> {
        if (!answers) {
            return FakeSlurm.NO_ANSWER;
        }
        if (arguments.contains("config")) {
            return FakeSlurm.ok(config);
        }
        return FakeSlurm.ok(program.equals("sinfo") ? nodes : partition);
    };

    private List<String> check(int nodeCount, int gpus) {
        Cluster cluster = Samples.slurm(nodeCount, gpus, Optional.of("box"), Optional.empty());
        Experiment experiment = Samples.experiment(cluster, "one");
        GpuModel model = new GpuModel(
                "reference",
                "reference",
                1,
                1,
                1,
                1,
                1,
                1,
                OptionalDouble.empty(),
                1,
                List.of(),
                Optional.empty(),
                OptionalDouble.empty());
        Plan plan = new Plan(
                cluster,
                model,
                List.of(nodeCount),
                1,
                List.of(experiment),
                List.of(),
                List.of(),
                0,
                List.of(),
                List.of(),
                Optional.empty());
        return new Preflight(plan, slurm).check();
    }

    private void refuses(int nodeCount, int gpus, String... words) {
        assertThatThrownBy(() -> check(nodeCount, gpus))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll("nothing was submitted")
                .hasMessageContainingAll(words);
    }

    @Test
    void recordsWhichSlurmItIs() {
        assertThat(check(7, 8)).contains("Slurm ClusterName box", "Slurm MinJobAge 300 sec");
    }

    @Test
    void refusesAnotherCluster() {
        config = config.replace("ClusterName = box", "ClusterName = other");

        refuses(2, 8, "must be box", "got other");
    }

    @Test
    void refusesAPartitionThatIsDownOrNotThere() {
        partition = partition.replace("State=UP", "State=DOWN");
        refuses(2, 8, "partition box: must be UP, got DOWN");

        partition = "";
        refuses(2, 8, "partition box: not found");
    }

    @Test
    void refusesWhatIsLongerThanThePartitionAllows() {
        partition = partition.replace("MaxTime=UNLIMITED", "MaxTime=00:04:30");

        refuses(2, 8, "experiment burn: asks for 5 min", "1 min expected", "partition box allows 4 (MaxTime)");
    }

    @Test
    void namesTheDrainedNodeWithItsReason() {
        refuses(8, 8, "node n8: must be up, got drained (acc test; $(id)|x)");
    }

    @Test
    void refusesMoreNodesThanThereAre() {
        refuses(9, 8, "node n9: not in partition box, which has 8 nodes");
    }

    @Test
    void refusesMoreGpusThanANodeHas() {
        nodes = nodes.replace("n3|idle|gpu:8", "n3|idle|gpu:7");

        refuses(4, 8, "node n3: must have 8 GPUs in Slurm's GRES, got 7");
    }

    @Test
    void saysSoWhereSlurmDoesNotAnswer() {
        answers = false;

        assertThatThrownBy(() -> check(2, 8))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll("Slurm does not answer", "connect failure");
    }
}
