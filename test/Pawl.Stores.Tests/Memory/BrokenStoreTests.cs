using System.Diagnostics;
using Xunit.Sdk;

namespace Pawl.Stores.Tests.Memory;

/// <summary>The contracts notice a store that breaks one promise.</summary>
public sealed class BrokenStoreTests
{
    [Fact]
    public Task A_rotation_that_is_no_compare_and_set_fails() =>
        FailsAsync<Rotation<Broken<RotationWithoutCompareAndSet>>>(static contract =>
            contract.Of_sixty_four_that_race_for_one_head_one_succeeds_two_hundred_times()
        );

    [Fact]
    public Task Overlapping_rotations_that_no_order_explains_fail() =>
        FailsAsync<History<Broken<RotationWithoutCompareAndSet>>>(static contract =>
            contract.Calls_that_overlap_are_answered_as_if_they_came_one_after_the_other()
        );

    [Fact]
    public Task A_rotation_after_the_end_fails() =>
        FailsAsync<Rotation<Broken<RotationAfterTheEnd>>>(static contract => contract.After_the_end_it_does_not_apply());

    [Fact]
    public Task A_rotation_after_the_absolute_timeout_fails() =>
        FailsAsync<Rotation<Broken<RotationAfterTheEnd>>>(static contract =>
            contract.The_absolute_timeout_holds_to_the_millisecond(0, applies: false)
        );

    [Fact]
    public Task An_ending_that_is_not_in_the_feed_fails() =>
        FailsAsync<Endings<Broken<EndingOutsideTheFeed>>>(static contract => contract.The_first_ending_counts());

    [Fact]
    public Task Positions_that_start_again_after_pruning_fail() =>
        FailsAsync<Endings<Broken<PositionsThatStartAgain>>>(static contract =>
            contract.After_everything_has_been_removed_positions_go_on_from_where_they_were()
        );

    [Fact]
    public Task A_lost_session_that_is_not_ended_fails() =>
        FailsAsync<LostSessions<Broken<LostSessionThatIsNotEntered>>>(static contract =>
            contract.An_unknown_session_is_entered_as_ended_and_is_once_in_the_feed()
        );

    [Fact]
    public Task A_list_out_of_order_fails() =>
        FailsAsync<Lists<Broken<ListOutOfOrder>>>(static contract => contract.Pages_are_in_one_order_and_leave_none_out(1000));

    [Fact]
    public Task Pruning_that_removes_a_session_in_use_fails() =>
        FailsAsync<Pruning<Broken<PruningBySignIn>>>(static contract => contract.Exactly_what_is_past_its_time_goes());

    [Fact]
    public Task Keys_that_replace_those_of_another_node_fail() =>
        FailsAsync<Keys<Broken<KeysWithoutCompareAndSet>>>(static contract =>
            contract.Of_many_callers_that_write_one_version_one_succeeds()
        );

    [Fact]
    public Task A_text_that_is_kept_unchecked_fails() =>
        FailsAsync<Sessions<Broken<TextThatIsNotChecked>>>(static contract =>
            contract.A_text_that_cannot_be_kept_is_the_callers_fault_and_not_the_stores(0xD800)
        );

    [Fact]
    public Task A_binding_that_is_no_compare_and_set_fails() =>
        FailsAsync<DeviceKeys<Broken<BindingWithoutCompareAndSet>>>(static contract => contract.Of_thirty_two_keys_that_race_one_is_set());

    [Fact]
    public Task A_bound_session_that_moves_on_without_a_proof_fails() =>
        FailsAsync<DeviceKeys<Broken<RotationWithoutProof>>>(static contract => contract.A_bound_session_is_moved_on_only_with_a_proof());

    [Fact]
    public Task Properties_that_sessions_share_fail() =>
        FailsAsync<Properties<Broken<PropertiesThatAreShared>>>(static contract => contract.Each_session_has_its_own());

    [Fact]
    public Task A_new_version_of_properties_with_the_old_content_fails() =>
        FailsAsync<Properties<Broken<PropertiesThatAreMixed>>>(static contract =>
            contract.A_change_replaces_version_and_content_in_one_step()
        );

    [Fact]
    public Task Properties_that_a_rotation_drops_fail() =>
        FailsAsync<Properties<Broken<PropertiesThatARotationDrops>>>(static contract =>
            contract.Rotations_and_other_changes_leave_them_alone()
        );

    [Fact]
    public Task Properties_that_outlive_the_end_fail() =>
        FailsAsync<Properties<Broken<PropertiesThatOutliveTheEnd>>>(static contract => contract.They_are_gone_when_the_session_ends());

    [Fact]
    public async Task A_contract_without_a_class_for_a_place_is_named()
    {
        var failure = await FailsAsync<Sessions<Broken<ListOutOfOrder>>>(static contract =>
        {
            contract.Each_contract_has_a_class_for_this_place();
            return Task.CompletedTask;
        });
        Assert.Contains("RotationContract<Broken`1>", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_damages_no_session_skips_what_needs_that_and_says_what_was_not_checked()
    {
        var skip = await ThrowsAsync<SkipException, Isolation<PlaceWithoutDamage>>(static contract =>
            contract.A_rotation_that_fails_fails_alone()
        );
        Assert.Contains("PlaceWithoutDamage does not override PoisonAsync.", skip.Message, StringComparison.Ordinal);
        Assert.Contains(
            "it was not checked that a write which fails leaves the writes beside it alone",
            skip.Message,
            StringComparison.Ordinal
        );
    }

    private static Task<XunitException> FailsAsync<TContract>(Func<TContract, Task> test)
        where TContract : IAsyncLifetime, new() => ThrowsAsync<XunitException, TContract>(test);

    // As xunit runs a test.
    private static async Task<TException> ThrowsAsync<TException, TContract>(Func<TContract, Task> test)
        where TException : Exception
        where TContract : IAsyncLifetime, new()
    {
        var contract = new TContract();
        await contract.InitializeAsync();
        try
        {
            await test(contract);
        }
        // Assert.Throws would skip this test with that of the contract.
        catch (TException failure)
        {
            return failure;
        }
        finally
        {
            await contract.DisposeAsync();
        }
        Assert.Fail("The contract did not notice.");
        throw new UnreachableException();
    }

    private sealed class Broken<TStore> : MemoryPlace
        where TStore : MemoryStore
    {
        internal override MemoryStore Open(MemoryState state) => (TStore)Activator.CreateInstance(typeof(TStore), state)!;
    }

    private sealed class PlaceWithoutDamage : StorePlace
    {
        private readonly MemoryStore _store = new(new MemoryState());

        public override OpenStore Open() => new(_store, _store);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    // xunit runs no private class.
    private sealed class Sessions<TPlace> : SessionContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Rotation<TPlace> : RotationContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Endings<TPlace> : EndingContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class LostSessions<TPlace> : LostSessionContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Isolation<TPlace> : IsolationContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Lists<TPlace> : ListContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Pruning<TPlace> : PruningContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Properties<TPlace> : PropertiesContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class DeviceKeys<TPlace> : DeviceKeyContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class Keys<TPlace> : KeyContract<TPlace>
        where TPlace : StorePlace, new();

    private sealed class History<TPlace> : HistoryContract<TPlace>
        where TPlace : StorePlace, new();
}
