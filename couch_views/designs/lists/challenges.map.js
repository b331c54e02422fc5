function (doc) {
  // [account, role, state, time, challenge]: "0" in place of a value is whichever it is.
  if (doc.kind !== "challenge") {
    return;
  }
  var texts = [doc.id, doc.state, doc.created_datetime, doc.challenger_id];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  var id = digits(doc.id);
  var time = doc.created_datetime.replace(/[^0-9]/g, "");
  function list(account, role) {
    ["0", role].forEach(function (as) {
      ["0", doc.state].forEach(function (state) {
        emit([digits(account), as, state, time, id], null);
      });
    });
  }
  list(doc.challenger_id, "challenger");
  var opponent = doc.opponent_id || doc.acceptor_id;
  if (typeof opponent === "string") {
    list(opponent, "opponent");
  }
}
