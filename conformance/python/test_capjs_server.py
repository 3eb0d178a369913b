"""``capjs-server`` and Portcullis side by side, with one secret: what one mints, the other accepts."""

import hashlib
import time

import pytest
from capjs_server import CapServer
from capjs_server.prng import prng
from capjs_server.testing import solve
from capjs_server.tokens import verify_challenge_token

from conftest import SHARED_SECRET


@pytest.fixture
def package():
    """The Python package with the shared secret and the work of the default site."""
    return CapServer(SHARED_SECRET, challenge_count=2, challenge_size=8, challenge_difficulty=1)


def solved(challenge):
    return challenge["token"], solve(challenge["token"], challenge["challenge"])


def test_its_solver_solves_our_seeded_challenges(server, seeded_site):
    challenge = server.challenge(seeded_site)
    assert challenge["challenge"] == {"c": 3, "s": 32, "d": 2}
    answer = server.redeem(seeded_site, *solved(challenge))
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    assert server.siteverify(seeded_site, answer.json()["token"])["success"] is True
    again = server.siteverify(seeded_site, answer.json()["token"])
    assert (again["success"], "timeout-or-duplicate" in again["error-codes"]) == (False, True)


def test_it_mints_the_challenge_we_redeem_it_once(server, python_site, package):
    token, solutions = solved(package.create_challenge())
    answer = server.redeem(python_site, token, solutions)
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    again = server.redeem(python_site, token, solutions)
    assert (again.status_code, again.json()["success"]) == (200, False)
    assert again.json()["error"] == "Challenge already redeemed"


def test_we_mint_the_challenge_it_redeems_it(server, python_site, package):
    challenge = server.challenge(python_site)
    facts = verify_challenge_token(SHARED_SECRET.encode(), challenge["token"])
    assert facts["config"] == challenge["challenge"] == {"c": 2, "s": 8, "d": 1}
    assert facts["expires"] == challenge["expires"]
    assert 590_000 < challenge["expires"] - time.time() * 1000 <= 600_000
    assert package.redeem(*solved(challenge))["success"] is True


def test_we_mint_the_token_it_validates_it(server, python_site, package):
    answer = server.redeem(python_site, *solved(server.challenge(python_site))).json()
    assert package.validate(answer["token"]) is True
    assert CapServer("another secret of enough length").validate(answer["token"]) is False
    assert 290_000 < answer["expires"] - time.time() * 1000 <= 300_000


@pytest.mark.parametrize("door", ["/siteverify", "/cap/{site_key}/siteverify", "/{site_key}/siteverify"])
def test_it_mints_the_token_we_accept_it_once(server, python_site, package, door):
    token = package.redeem(*solved(package.create_challenge()))["token"]
    path = door.format(**python_site)
    body = {"secret": SHARED_SECRET, "response": token}
    assert server.post_json(path, body).json()["success"] is True
    assert server.post_json(path, body).json()["success"] is False
    # The package itself keeps no such account.
    assert package.validate(token) is True


def test_a_wrong_solution_is_status_200_and_does_not_burn_the_challenge(server, python_site):
    token, solutions = solved(server.challenge(python_site))
    wrong = [next(n for n in range(1000) if solve_is_wrong(token, 1, n)), solutions[1]]
    answer = server.redeem(python_site, token, wrong)
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert (answer.json()["error"], answer.json()["reason"]) == ("Invalid solution", "invalid_solution")
    assert server.redeem(python_site, token, solutions).json()["success"] is True


def test_a_token_of_another_secret_is_status_200_and_false(server, python_site):
    stranger = CapServer("a secret that this site does not have", challenge_count=2, challenge_difficulty=1)
    answer = server.redeem(python_site, *solved(stranger.create_challenge()))
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    token = stranger.redeem(*solved(stranger.create_challenge()))["token"]
    assert server.siteverify(python_site, token)["success"] is False


def test_an_expired_challenge_is_refused(server, python_site):
    late = CapServer(SHARED_SECRET, challenge_count=2, challenge_size=8, challenge_difficulty=1, challenge_expiry_ms=1)
    token, solutions = solved(late.create_challenge())
    time.sleep(0.05)
    answer = server.redeem(python_site, token, solutions)
    assert (answer.status_code, answer.json()["success"]) == (200, False)


def test_the_two_kinds_of_token_are_not_taken_for_each_other(server, python_site):
    challenge = server.challenge(python_site)
    assert server.siteverify(python_site, challenge["token"])["success"] is False
    answer = server.redeem(python_site, *solved(challenge)).json()
    again = server.redeem(python_site, answer["token"], [0, 0])
    assert (again.status_code, again.json()["success"]) == (200, False)


def test_solutions_as_text_are_taken_as_the_package_takes_them(server, python_site, package):
    token, solutions = solved(package.create_challenge())
    as_text = [str(solution) for solution in solutions]
    assert package.redeem(token, as_text)["success"] is True
    assert server.redeem(python_site, token, as_text).json()["success"] is True


def solve_is_wrong(token, index, nonce):
    """Whether the number does not solve the puzzle of this index."""
    digest = hashlib.sha256((prng(f"{token}{index}", 8) + str(nonce)).encode()).hexdigest()
    return not digest.startswith(prng(f"{token}{index}d", 1))
