package dev.assay.worker;

import dev.assay.cluster.DeviceKind;
import dev.assay.device.RankThreads;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import dev.assay.measurement.ResultWriter;
import dev.assay.measurement.StrictJson;
import dev.assay.plan.Spec;
import dev.assay.workload.Rdma;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** "Nodes" with a sysfs and a PATH of their own each, whose ranks are threads that meet over the loopback. */
final class RdmaHosts {
    private final Path folder;
    private Spec spec;
    private String help = "      --report_gbits  Report Max/Average BW of test in Gbit/sec";
    private final Rdma rdma;
    private final List<RdmaSurvey.Site> sites = new ArrayList<>();

    RdmaHosts(Path folder, Rdma rdma, int nodes, int perNode) throws IOException {
        this.folder = folder;
        this.rdma = rdma;
        List<String> names = new ArrayList<>();
        for (int node = 1; node <= nodes; node++) {
            names.add("node" + node);
            Path home = Files.createDirectory(folder.resolve("node" + node));
            Files.createDirectories(home.resolve("sys"));
            Files.createDirectories(home.resolve("bin"));
            sites.add(
                    new RdmaSurvey.Site(home.resolve("sys"), home.resolve("bin").toString(), Duration.ofSeconds(10)));
        }
        this.spec = spec(names, perNode, DeviceKind.REFERENCE);
        Files.writeString(folder.resolve("spec.json"), StrictJson.mapper().writeValueAsString(spec));
        Files.writeString(folder.resolve("secret"), "a secret of the run, long enough");
    }

    private Spec spec(List<String> names, int perNode, DeviceKind device) {
        return new Spec(
                Spec.SCHEMA,
                "run-1",
                "plan-1",
                "rdma",
                "launch-1",
                LaunchRole.LOAD,
                0,
                rdma,
                device,
                names,
                perNode,
                10,
                0,
                60,
                1,
                true,
                List.of(),
                LaunchVariant.DEFAULT);
    }

    /** As on GPUs whose driver gives their memory to NICs, with a perftest that was built for CUDA; called first. */
    RdmaHosts withGpuMemory() throws IOException {
        spec = spec(spec.nodes(), spec.gpusPerNode(), DeviceKind.CUDA);
        help += "\n      --use_cuda_bus_id=<cuda full BUS id>";
        for (RdmaSurvey.Site site : sites) {
            Files.createDirectories(site.sys().resolve("module/nvidia_peermem"));
        }
        return this;
    }

    /** A RoCE port with an IPv4 address; {@code node} from 1. */
    RdmaHosts nic(int node, String device, String state, String rate) throws IOException {
        Path port = sites.get(node - 1).sys().resolve("class/infiniband/" + device + "/ports/1");
        write(port.resolve("state"), state);
        write(port.resolve("rate"), rate);
        write(port.resolve("link_layer"), "Ethernet");
        write(port.resolve("gids/0"), "fe80:0000:0000:0000:1234:56ff:fe78:9abc");
        write(port.resolve("gid_attrs/types/0"), "IB/RoCE v1");
        write(port.resolve("gids/3"), "0000:0000:0000:0000:0000:ffff:0a00:000" + node);
        write(port.resolve("gid_attrs/types/3"), "RoCE v2");
        return this;
    }

    RdmaHosts healthyNic(int node, String device) throws IOException {
        return nic(node, device, "4: ACTIVE", "400 Gb/sec (4X NDR)");
    }

    /** Both programs on the node's PATH, as a shell script each. */
    RdmaHosts perftest(int node, String mode) throws IOException {
        for (String program : List.of("ib_write_bw", "ib_write_lat")) {
            script(node, program, mode);
        }
        return this;
    }

    private void script(int node, String program, String mode) throws IOException {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        String hang = mode.equals("hang")
                ? "for last; do :; done; [ \"$last\" != 127.0.0.1 ] || " + "{ echo $$ >> '" + folder.resolve("hanging")
                        + "'; exec sleep 1000; }\n"
                : "";
        String text = "#!/bin/sh\n"
                + "case \"$1\" in\n"
                + "  --help) echo '" + help + "'; exit 1;;\n"
                + "  --version) echo 'Version: 6.06'; exit 1;;\n"
                + "esac\n"
                + hang
                + "exec '" + java + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '"
                + System.getProperty("java.class.path") + "' " + FakePerftest.class.getName() + " " + program + " "
                + mode + " \"$@\"\n";
        Path file = Path.of(sites.get(node - 1).path()).resolve(program);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** How long a server may take to listen, and beside its work either end to end. */
    RdmaHosts patience(Duration toStart) {
        sites.replaceAll(site -> new RdmaSurvey.Site(site.sys(), site.path(), toStart));
        return this;
    }

    LaunchResult run() throws Exception {
        return Ranks.launch(spec, RankThreads.run(spec.worldSize(), this::run));
    }

    private RankResult run(int rank) throws Exception {
        int local = rank % spec.gpusPerNode();
        int node = rank / spec.gpusPerNode();
        RankEnvironment environment = new RankEnvironment(
                folder.resolve("spec.json"),
                rank,
                local,
                spec.nodes().get(node),
                local,
                Optional.of(folder.resolve("secret")),
                Optional.empty());
        Duration limit = Duration.ofMinutes(3);
        ReferenceDevice device = new ReferenceDevice(environment.node(), local);
        try (ResultWriter writer = ResultWriter.open(environment.result(), Identity.header(spec, environment));
                Watchdog watchdog = new Watchdog(
                        environment, writer, Thread.currentThread(), code -> {}, limit, Duration.ofSeconds(5))) {
            Meeting meeting =
                    Meeting.of(spec, environment, new Meeting.Secret(Files.readAllBytes(folder.resolve("secret"))));
            World world = new World(meeting, limit, lost -> {});
            Rendezvous.meet(meeting, world, limit);
            writer.write(device.identity());
            RankContext context =
                    new RankContext(environment, spec, device, world, world.all(), new Owned(), writer, watchdog);
            new RdmaRunner(context, rdma, sites.get(node)).run();
            world.all().barrier("done");
            writer.finish();
            world.close();
        }
        return ResultReader.read(
                environment.result(),
                new ResultReader.Expected("run-1", "plan-1", "rdma", "launch-1", rank, spec.worldSize()));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }
}
