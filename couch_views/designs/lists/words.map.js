function (doc) {
  // [kind, word, place]: the words that members, events and markets are named by; "0": whichever kind.
  // The value is the word before it of the same document, so that who reads all that begin alike can tell
  // the first of each document. couch_views/queries/search.py writes the same.
  var places = { member: "1", event: "2", market: "3" };
  var place = places[doc.kind];
  if (place === undefined) {
    return;
  }
  var names = [];
  if (doc.kind === "member") {
    names = [doc.username, doc.display_name];
  } else {
    names = [doc.name];
  }
  if (doc.kind === "market" && Array.isArray(doc.contracts)) {
    doc.contracts.forEach(function (contract) {
      names.push(contract.name);
    });
  }
  var id = doc.kind === "member" ? doc.account_id : doc.id;
  if (typeof id !== "string") {
    return;
  }
  function digits(word) {
    var units = "";
    for (var at = 0; at < word.length && at < 8; at += 1) {
      units += ("0000" + word.charCodeAt(at)).slice(-5);
    }
    return units;
  }
  var found = {};
  names.forEach(function (name) {
    if (typeof name !== "string") {
      return;
    }
    var words = name.toLowerCase().split(/[\u0000-\u0020!-\/:-@\[-`{-~\u007f-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u1680\u2000-\u206f\u3000-\u303f\ufeff]+/);
    words.forEach(function (word) {
      if (word !== "") {
        found[digits(word)] = true;
      }
    });
  });
  var before = "";
  var key = place + ("00000000000000000000" + id).slice(-20);
  Object.keys(found).sort().forEach(function (word) {
    emit(["0", word, key], before);
    emit([doc.kind, word, key], before);
    before = word;
  });
}
