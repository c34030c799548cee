package io.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.sluice.web.Bodies;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.reactivestreams.Publisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.web.bind.annotation.RequestMapping;

/** The shape that every module keeps. */
@AnalyzeClasses(packages = "io.sluice", importOptions = ArchitectureTest.MainOnly.class)
class ArchitectureTest {

    /** Neither test classes nor {@code -tests.jar}, which ArchUnit's own option lets pass. */
    static final class MainOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    private static final String[] DOMAIN = {
        "io.sluice.shared",
        "io.sluice.log",
        "io.sluice.access",
        "io.sluice.inventory",
        "io.sluice.cache",
        "io.sluice.imports"
    };

    @ArchTest
    static final ArchRule theDomainKnowsOnlyItselfJavaReactorAndJSpecify = classes()
            .that()
            .resideInAnyPackage(DOMAIN)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(DOMAIN)
                    .or(resideInAnyPackage(
                            "java..", "reactor.core..", "reactor.util..", "org.reactivestreams..", "org.jspecify..")));

    /** Such a body stands in no parameter, so nothing else would show it. */
    @ArchTest
    static final ArchRule aRouteThatReadsItsBodyAsItComesDescribesIt = methods()
            .that()
            .areMetaAnnotatedWith(RequestMapping.class)
            .and(describe("read the body of the request", method -> method.getMethodCallsFromSelf().stream()
                    .anyMatch(call -> call.getTarget().getName().equals("whole")
                            && call.getTargetOwner().isEquivalentTo(Bodies.class))))
            .should()
            .beAnnotatedWith(RequestBody.class);

    /** A body that is refused midway seems to be whole. */
    @ArchTest
    static final ArchRule bodiesAreReadWhereTheirTrueEndIsKnown = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Bodies.class.getName())
            .should()
            .callMethodWhere(describe(
                    "a body is read",
                    call -> call.getTarget().getName().equals("getBody")
                            && call.getTargetOwner().isAssignableTo(ReactiveHttpInputMessage.class)));

    @ArchTest
    static final ArchRule infrastructureKnowsNoEdgeAndNoModel = noClasses()
            .that()
            .resideInAnyPackage("..postgres..", "..redis..", "..log.hot..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.sluice.web..",
                    "..inventory.web..",
                    "..log.web..",
                    "..log.hub..",
                    "..log.rsocket..",
                    "..access.web..",
                    "..access.security..",
                    "io.sluice.wiring..",
                    "io.sluice.demo..",
                    "io.sluice.models..");

    @ArchTest
    static final ArchRule modelsKnowTheDomainOnly = noClasses()
            .that()
            .resideInAnyPackage("io.sluice.models..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..postgres..", "..redis..", "..web..", "org.springframework..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule featuresOfTheDomainFormNoCycle =
            slices().matching("io.sluice.(*)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theDomainHasNoAnnotationOfAFramework = noClasses()
            .that()
            .resideInAnyPackage(DOMAIN)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "tools.jackson..", "jakarta..");

    /** {@code destroy} of the pools runs on the container's own thread, at its end. */
    @ArchTest
    static final ArchRule nobodyBlocks = noClasses()
            .that(are("not the end of the pools", it -> !it.getSimpleName().equals("PoolsLifecycle")))
            .should()
            .callMethodWhere(describe(
                    "a pipeline is waited for",
                    (JavaMethodCall call) -> isReactive(call)
                            && Set.of("block", "blockFirst", "blockLast", "blockOptional", "toIterable", "toStream")
                                    .contains(call.getName())));

    /**
     * Besides what starts and stops with the server: a read of a cursor ends with its cursor ({@code Cursor}); the answer
     * to a cancelled statement and a connection that comes too late have no pipeline left that could return them
     * ({@code Session}, {@code Pools}).
     */
    @ArchTest
    static final ArchRule onlyLifecyclesSubscribe = noClasses()
            .that(are(
                    "no lifecycles",
                    it -> !isLifecycle(it)
                            && !Set.of("Cursor", "Pools", "Session").contains(outermost(it))))
            .should()
            .callMethodWhere(describe(
                    "a pipeline is subscribed",
                    (JavaMethodCall call) -> isReactive(call) && call.getName().equals("subscribe")));

    /** An import's chunk posts its movements in its own transaction, by the same code as everybody else. */
    private static final Set<String> SHARED_WITH_IMPORTS = Set.of("StockTransactions", "DayUsage");

    @ArchTest
    static final ArchRule adaptersStayInTheirPackage = classes()
            .that()
            .resideInAnyPackage("..inventory.postgres..", "..access.postgres..", "..log.redis..", "..cache.redis..")
            .and(are("no configuration", it -> !it.isAnnotatedWith(Configuration.class)))
            .and(are("not nested", it -> !it.isNestedClass() && !it.isAnonymousClass()))
            .and(are("no package", it -> !it.getSimpleName().equals("package-info")))
            .and(are("no settings", it -> !it.getSimpleName().endsWith("Settings")))
            .and(are("not shared with imports", it -> !SHARED_WITH_IMPORTS.contains(it.getSimpleName())))
            .should()
            .notBePublic();

    @ArchTest
    static final ArchRule configurationsAreOpenToTheContainerOnly = classes()
            .that()
            .areAnnotatedWith(Configuration.class)
            .should()
            .haveSimpleNameEndingWith("Configuration")
            .orShould()
            .haveSimpleNameEndingWith("Wiring");

    @ArchTest
    static final ArchRule edgesDoNotSpeakToTheDatabase = noClasses()
            .that()
            .resideInAnyPackage("..web..", "..rsocket..", "..hub..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.sluice.postgres..", "io.r2dbc..", "..inventory.postgres..", "..log.postgres..");

    @ArchTest
    static final ArchRule noNameSaysNothing =
            noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?|Service|DTO|Dto)");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .should(new ArchCondition<>("reside in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
                }
            });

    @ArchTest
    static void recordsKnowNoPipeline(JavaClasses all) {
        assertThat(all.stream()
                        .filter(it ->
                                it.isRecord() && resideInAnyPackage(DOMAIN).test(it))
                        .flatMap(it -> it.getFields().stream())
                        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> field.getRawType().isAssignableTo(Publisher.class))
                        .map(field -> field.getFullName()))
                .isEmpty();
    }

    private static DescribedPredicate<JavaClass> are(String words, java.util.function.Predicate<JavaClass> predicate) {
        return describe(words, predicate);
    }

    private static boolean isReactive(JavaAccess<?> access) {
        return access.getTargetOwner().isAssignableTo(Publisher.class);
    }

    private static boolean isLifecycle(JavaClass type) {
        return type.isAssignableTo(SmartLifecycle.class)
                || type.getEnclosingClass()
                        .filter(ArchitectureTest::isLifecycle)
                        .isPresent();
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElseGet(type::getSimpleName);
    }
}
